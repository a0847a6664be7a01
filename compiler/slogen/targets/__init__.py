"""What slogen writes, one module per kind of output.

A module has `emit(program)`, which yields files; it prints what the program says and decides nothing.
"""
