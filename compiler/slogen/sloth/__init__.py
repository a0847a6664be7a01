"""What Sloth's two formats share: `prometheus/v1` and its Kubernetes form, `sloth.slok.dev/v1`.

Both have one model, written once here, with two spellings of its keys. A `Dialect` knows the spelling and
what becomes of scalars that are no text, a `Table` reads a mapping with findings at their places, and
`services` turns what is written into drafts. Sloth's plugins for SLOs have a module each for their chain
(`chain`) and for what each of them does (`slo_plugins`).
"""
