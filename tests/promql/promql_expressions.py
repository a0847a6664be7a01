"""Series with all that is awkward, and expressions that look at it from all sides."""

from __future__ import annotations

SERIES = {
    # Counters: steady, restarted, born late, dead early, with a gap, constant.
    'c{job="a",i="0"}': "0+10x120",
    'c{job="a",i="1"}': "100+7x30 3+7x89",
    'c{job="b",i="0"}': "_x47 5+3x90",
    'c{job="b",i="1"}': "0+5x50 _x3 stale _x10 400+5x30",
    'c{job="c",i="0"}': "7x120",
    'd{job="a"}': "1+1x120",
    'd{job="b"}': "2x120",
    'd{job="d"}': "4-1x120",
    # Gauges: up and down, negative, special values, short-lived.
    'g{job="a",i="0",z="k"}': "5 3 8 1 9 2 7x3 0.5 -4 6x120",
    'g{job="a",i="1"}': "-5+0.25x120",
    'g{job="b",i="0",z="k"}': f"1 NaN 2 Inf 3 -Inf {'NaN ' * 51}4x70",
    'g{job="c",i="0"}': "10-0.5x59 stale",
    'g{job="c",i="1"}': "_x20 1 _x4 2 _x5 3 _x5 4 _x9 5 _x40",
    'u{job="a"}': "1x20 0x5 1x3 0x2 1x90",
    'u{job="b"}': "1x59 0x60",
    'u{job="c"}': "1.5 2.5 -0.5 -1.5 0.1 0.3x115",
    't{job="a"}': "3540x120",
    't{job="b"}': "1700000000x120",
    'info{job="a",version="1.2",pod="p-0"}': "1x120",
    'info{job="b",version="1.3"}': "1x120",
    'm{a="1\\"\\\\",b="x.y"}': "1x120",
    'm{a="line",b=""}': "2x120",
    'm{b="only"}': "3x120",
    # Histograms: one sound, one without +Inf, one that decreases, one without observations.
    'h_bucket{job="a",le="0.1"}': "0+3x120",
    'h_bucket{job="a",le="0.5"}': "0+5x120",
    'h_bucket{job="a",le="1"}': "0+8x120",
    'h_bucket{job="a",le="1.0"}': "0+1x120",
    'h_bucket{job="a",le="+Inf"}': "0+10x120",
    'h_bucket{job="b",le="0.1"}': "0+3x120",
    'h_bucket{job="b",le="0.5"}': "0+5x120",
    'h_bucket{job="c",le="-1"}': "0+1x120",
    'h_bucket{job="c",le="0.5"}': "0+4x120",
    'h_bucket{job="c",le="2"}': "0+3x120",
    'h_bucket{job="c",le="+Inf"}': "0+6x120",
    'h_bucket{job="d",le="0.5"}': "0x120",
    'h_bucket{job="d",le="+Inf"}': "0x120",
    'h_bucket{job="e",le="x"}': "1x120",
    'h_bucket{job="e",le="+Inf"}': "1x120",
    'h_count{job="a"}': "0+10x120",
    'h_sum{job="a"}': "0+4.5x120",
}

EXPRESSIONS = r"""
c
c{job="a"}
c{job!="a"}
c{job=~"a|b"}
c{job!~"a|b"}
c{job=~"[^ab]"}
c{job=~".*",i=~"[[:digit:]]"}
{__name__=~"[cd]",job="a"}
{__name__=~"c|d"}
m{a=""}
m{a!=""}
m{b=~"x\\.y"}
m{b=~"(?i)X.Y"}
m{a="1\"\\"}
m{a=~"li.*"}
m{b=~"on(?:ly)?|x"}
m{b=~"x\\x2ey"}
m{b=~"x[.]y$"}
m{b=~"(?i)ONLY|x(?-i)Y"}
g{z=""}
nothing
c offset 10m
c offset -5m
c @ 600
c @ 600 offset 5m
c @ end()
c @ start() offset 1m
g offset 59m
rate(c[5m])
rate(c[1m])
rate(c[90s])
rate(c[2m])
rate(c[30m])
rate(c[50m])
rate(c[1h])
rate(c[2h])
increase(c[5m])
increase(c[17m])
increase(c[55m])
increase(c[10m] offset 20m)
increase(c[10m] @ 3000)
rate(c[10m] offset -3m)
increase(d[10m])
delta(g[5m])
delta(g[10m])
delta(g[1h])
irate(c[5m])
idelta(g[5m])
irate(c[2m])
deriv(g[10m])
deriv(g[1h])
deriv(c[30m])
predict_linear(g[10m], 3600)
predict_linear(c[1h], 4*3600)
predict_linear(c[30m] offset 10m, 600)
predict_linear(c[30m] @ 3000, 600)
avg_over_time(g[10m])
avg_over_time(g[2h])
sum_over_time(g[10m])
sum_over_time(c[1h])
min_over_time(g[10m])
max_over_time(g[10m])
min_over_time(g[2h])
max_over_time(g[2h])
count_over_time(g[10m])
count_over_time(c[1h])
quantile_over_time(0.9, g[1h])
quantile_over_time(0, g[10m])
quantile_over_time(1.5, c[10m])
quantile_over_time(-1, c[10m])
quantile_over_time(scalar(d{job="b"})/4, c[10m])
stddev_over_time(g{job="a"}[1h])
stdvar_over_time(c[30m])
last_over_time(g[10m])
last_over_time({__name__=~"c|d"}[10m])
present_over_time(c[10m])
changes(g[1h])
changes(u[1h])
resets(c[1h])
resets(g[1h])
absent(c)
absent(nothing)
absent(nothing{a="b",c!="d",e=~"f"})
absent(nothing{a="b",a="c"})
absent((nothing{a="b"}))
absent(nothing{a="b"} offset 5m)
absent(nothing{a="b"} @ 60)
absent(sum(nothing{a="b"}))
absent(c{job="zz"})
absent(c{job="b",i="1"})
absent(rate(nothing{a="b"}[5m]))
absent_over_time(c[5m])
absent_over_time(nothing{a="b"}[5m])
absent_over_time(nothing{a="b",d=~"x"}[5m:1m])
absent_over_time(c{job="b",i="1"}[8m])
max_over_time(rate(c[5m])[30m:1m])
max_over_time(rate(c[5m])[30m:])
min_over_time((c > 100)[1h:7m])
rate(sum(c)[30m:5m])
sum_over_time((c)[10m:90s] offset 3m)
avg_over_time(g[20m:3m] @ 3000)
max_over_time(vector(time())[10m:3m])
count_over_time(nothing[5m:])
avg_over_time(avg_over_time(g{job="a"}[5m:1m])[10m:2m])
increase(c[10m:1m])
rate(c[5m:30s])
delta(g[10m:45s])
deriv(g[30m:4m])
predict_linear(g[20m:1m], 60)
max_over_time((c @ 600)[10m:1m])
sum_over_time(vector(1)[10m:1m])
count_over_time(c[1h:1h])
count_over_time(c[59m:13m])
sum(c)
sum by (job) (c)
sum without (i) (c)
sum by (job, nolabel) (c)
sum by (__name__) ({__name__=~"c|d"})
sum without () (c)
sum by () (c)
sum(c) by (job)
avg by (job) (g)
avg(g)
min(g)
max(g)
min by (job) (g)
max by (job) (g)
count(c)
count by (job) (g)
group by (job) (c)
stddev(c)
stdvar by (job) (c)
stddev(g)
topk(2, c)
topk by (job) (1, c)
bottomk(2, c)
bottomk(3, g)
topk(0, c)
topk(-1, c)
topk(100, g)
topk(1.9, c)
topk(scalar(d{job="b"}), c)
topk(NaN, c)
quantile(0.5, c)
quantile by (job) (0.9, g)
quantile(2, c)
quantile(NaN, c)
count_values("value", u)
count_values by (job) ("value", c)
count_values without (i) ("value", c)
count_values without (value) ("value", c)
count_values("job", c)
count_values("value", g)
count_values("value", d / 3e9)
count_values("value", d * 1e21)
c + 1
1 - c
c * 2 / 3
c / 0
-c / 0
0 / (c * 0)
c % 7
-c % 7
g % 0
g ^ 2
2 ^ g
g ^ 0.5
(-g) ^ 3
2 ^ 3 ^ 2
-2 ^ 2
0 ^ -1
(-8) ^ (1/3)
g atan2 2
c > 100
100 < c
c > bool 100
100 > bool c
c == 7
c != 7
g >= 0
g <= 0
g == g
g != g
g != bool g
1 > bool 2
1 == bool 1
1 + 2 * 3 - 4 / 5 % 6
NaN
Inf
-Inf
1 / 0
-1 / 0
0 / 0
5 % 0
0x1F
1e3
.5
pi()
time()
-time()
c + c
c - on (job, i) g
c + g
c / on (job) group_left d
d / on (job) group_right c
c * on (job) group_left (version, pod) info
info * on (job) group_right (version) c
c * on (job) info
c * ignoring (i) info
d * on (job) info
d * on (job) group_left (version) info
d * ignoring (version, pod) info
d + on () d
sum(c) / sum(d)
sum(c) + on () sum(d)
c > d
c > on (job) group_left d
c > bool on (job) group_left d
d < on (job) group_right c
d < bool on (job) group_right () c
c{i="0"} > on (job) d
c{i="0"} > ignoring (i) d
c{i="0"} == ignoring (i) c{i="0"}
c{i="0"} > bool ignoring (i) d
c > on (job) group_left (version) info
c{job="a"} + ignoring (job, i) c{job="a"}
c{job="a"} > ignoring (i) group_left (nolabel) d
c and d
c and on (job) d
c and on (job) u == 0
c or d
c or on (job) d
d or on (job) c
c unless on (job) d
d unless on (job) c
c unless ignoring (i) d
c and on () vector(1)
c and on () (vector(1) == 0)
vector(0) or c
sum(nothing) or vector(0)
c unless c
c or c
u == 0 or u == 1
{__name__=~"c|d",job="a"} + 1
{__name__=~"c|d",job="b"} > 1
-{__name__=~"c|d",job="a"}
abs({__name__=~"g|u"})
rate({__name__=~"c|d"}[5m])
rate({__name__=~"c|d|u",job="a"}[5m])
sum by (job) ({__name__=~"g|u"})
histogram_quantile(0.9, h_bucket)
histogram_quantile(0.5, rate(h_bucket[5m]))
histogram_quantile(0.99, sum by (le) (rate(h_bucket[5m])))
histogram_quantile(0.99, sum by (job, le) (increase(h_bucket[30m])))
histogram_quantile(0.05, h_bucket)
histogram_quantile(0.15, h_bucket)
histogram_quantile(0, h_bucket)
histogram_quantile(1, h_bucket)
histogram_quantile(-1, h_bucket)
histogram_quantile(2, h_bucket)
histogram_quantile(NaN, h_bucket)
histogram_quantile(0.9, h_bucket{le!="+Inf"})
histogram_quantile(0.9, h_bucket{le="+Inf"})
histogram_quantile(0.9, c)
histogram_quantile(0.9, {__name__=~"h_.*"})
rate(h_sum[5m]) / rate(h_count[5m])
1 - sum(rate(h_bucket{job="a",le=~"0\\.5"}[5m])) / sum(rate(h_count[5m]))
label_replace(c, "new", "$1-$2", "job", "(.)(.*)")
label_replace(c, "new", "${a}x$1y", "job", "(?P<a>.)")
label_replace(c, "new", "x", "job", "b")
label_replace(c, "job", "", "job", "a")
label_replace(c, "i", "", "job", ".*")
label_replace(c, "new", "$$1 $", "nolabel", "")
label_replace(c, "new", "$10 ${1}0", "job", "(.)")
label_replace(c, "__name__", "renamed", "job", "a")
label_replace(c, "job", "same", "", "")
label_replace(c, "new", "$1", "job", "(a|b)?.*")
label_replace(m, "new", "$1-$2", "b", "(?U)(.*)(.*)")
label_replace(m, "new", "$1-${x}", "b", "(.*?)(?P<x>.*)")
label_replace(m, "new", "$1", "b", "(?i)(\\pL)[[:lower:].]*")
label_replace(c, "new", "$1", "job", "[")
label_join(c, "new", "-", "job", "i", "nolabel")
label_join(c, "job", "", "nolabel")
label_join(c, "i", "")
label_join(c, "new", ",")
abs(g)
ceil(g)
floor(g)
round(g)
round(g, 0.5)
round(g, 5)
round(c / 7, 0.01)
round(g, 0)
round(u)
exp(g)
ln(g)
log2(g)
log10(g)
sqrt(g)
sgn(g)
clamp(g, -1, 3)
clamp(g, 3, -1)
clamp_min(g, 1)
clamp_max(g, 1)
clamp(g, NaN, 1)
clamp_max(g, NaN)
clamp_min(g, Inf)
clamp(g, 0, scalar(d{job="b"}))
sin(g)
cos(g)
tan(g)
asin(g / 10)
acos(g / 10)
atan(g)
sinh(g)
cosh(g * 100)
sinh(g * 1000)
tanh(g)
asinh(g)
acosh(g)
atanh(g / 9)
deg(g)
rad(g)
exp(g * 1000)
scalar(c)
scalar(c{job="c"})
scalar(nothing)
scalar(c{job="c"}) + c
vector(5)
vector(time())
vector(scalar(c{job="c"}))
timestamp(c)
timestamp(c offset 3m)
timestamp(c @ 600)
timestamp((c))
timestamp(c + 0)
timestamp(g{job="c"})
timestamp(sum(c))
timestamp(timestamp(g))
time() - t
time() - timestamp(g)
sort(c)
sort_desc(g)
hour()
minute()
day_of_week()
day_of_month()
day_of_year()
days_in_month()
month()
year()
hour(t)
minute(t)
day_of_week(t)
day_of_month(t)
day_of_year(t)
days_in_month(t)
month(t)
year(t)
day_of_week(-t)
hour(-t)
hour(vector(time()))
histogram_count(c)
histogram_sum(c)
holt_winters(g[20m], 0.5, 0.3)
holt_winters(c[20m], 0.1, 0.9)
holt_winters(c[20m], 1.5, 0.9)
time() - max by (job) (t) > 0
count(u == 0) / count(u) > 0.1
count by (job) (g > 0) or count by (job) (c) * 0
sum(rate(c[5m])) by (job) / sum(rate(c[30m])) by (job) > 0.5 and on (job) d
max without (i) (rate(c[5m])) > bool 0.1
u == 0 unless on (job) info
avg_over_time(u[15m]) < 0.9
(sum(increase(c{job="a"}[1h])) - sum(increase(c{job="b"}[1h]))) / sum(increase(c[1h]))
changes(u[30m]) > 1 and u == 1
sum(c offset 1h) - sum(c)
c > 1.5 * (c offset 10m)
c == on (job, i) (c offset 5m)
sum by (job) (c) > on () group_left vector(100)
sum by (job) (c) * on (job) group_left (version) (info{version!="1.3"})
sum by (job) (c) > scalar(max(d))
max_over_time(sum by (job) (rate(c[5m]))[30m:5m] offset 5m) > 0
min by (job) (c) < 100 or max by (job) (c) > 500
"""
