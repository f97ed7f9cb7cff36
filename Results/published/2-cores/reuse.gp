# Logging without computing anything twice
# generated data: Zillow tables of 100000 properties and 30000 sales, seed 2018; real data: CIFAR-10, the first 20000 training images (VGG16 pre-trained on 8000 of them)
# reuse  ·  scale small  ·  commit bc6712a6
# To draw reuse.png and reuse.svg again, in this folder: gnuplot reuse.gp
if (!exists("pass")) pass = 1
if (pass == 1) set terminal pngcairo noenhanced size 1600,1332 font 'DejaVu Sans,15' background '#ffffff'
if (pass == 1) set output 'reuse.png'
if (pass == 2) set terminal svg noenhanced size 1600,1332 font 'DejaVu Sans,20' background '#ffffff'
if (pass == 2) set output 'reuse.svg'
# Type sizes: pngcairo counts points, svg counts pixels.
reset
grow = pass == 1 ? 1.0 : 4.0 / 3.0
type9 = sprintf('DejaVu Sans,%.1f', 9 * grow); type11 = sprintf('DejaVu Sans,%.1f', 11 * grow); type12 = sprintf('DejaVu Sans,%.1f', 12 * grow); type13 = sprintf('DejaVu Sans,%.1f', 13 * grow); type15 = sprintf('DejaVu Sans,%.1f', 15 * grow); type21 = sprintf('DejaVu Sans,%.1f', 21 * grow)
set encoding utf8
set datafile missing 'NaN'
set multiplot
unset border; unset tics; unset key; set xrange [0:1]; set yrange [0:1]
set lmargin at screen 0; set rmargin at screen 1
set tmargin at screen 1; set bmargin at screen 0
set label 'Logging without computing anything twice' at screen 0.0275,0.967 left font type21 textcolor rgb '#222222'
set label 'generated data: Zillow tables of 100000 properties and 30000 sales, seed 2018; real data: CIFAR-10, the first 20000 training' at screen 0.0275,0.9339 left font type15 textcolor rgb '#D55E00'
set label 'images (VGG16 pre-trained on 8000 of them)' at screen 0.0275,0.9144 left font type15 textcolor rgb '#D55E00'
set label 'Logging: DEDUP, everything durable, into one fresh store per bar; medians with the smallest and largest repetition.' at screen 0.0275,0.1351 left font type13 textcolor rgb '#222222'
set label 'Running stores nothing. Distinct stages: each stage of the fifty pipelines that differs from all before it runs once, and everything stays in' at screen 0.0275,0.1141 left font type13 textcolor rgb '#222222'
set label 'memory: what logging with reuse can take at least.' at screen 0.0275,0.0931 left font type13 textcolor rgb '#222222'
set label 'Checkpoints of CIFAR10_CNN share their images only: there is nothing to gain, and nothing should be lost.' at screen 0.0275,0.0721 left font type13 textcolor rgb '#222222'
set label 'Hatched: the largest gains that HELIX (VLDB 2019) and Collab (SIGMOD 2020) report, over other workloads on other machines.' at screen 0.0275,0.0511 left font type13 textcolor rgb '#222222'
set label 'reuse  ·  scale small  ·  commit bc6712a6' at screen 0.0275,0.018 left font type11 textcolor rgb '#666666'
set key at screen 0.0275,0.8919 left top horizontal Left reverse maxcols 3 samplen 2.5 width 1 height 0.2 font type15 textcolor rgb '#222222'
plot NaN notitle, \
  keyentry with boxes lc rgb '#0072B2' lw 1.5 fs solid 0.92 border lc rgb '#0072B2' title 'running, nothing stored', \
  keyentry with boxes lc rgb '#E69F00' lw 1.5 fs solid 0.92 border lc rgb '#E69F00' title 'distinct stages, nothing stored', \
  keyentry with boxes lc rgb '#009E73' lw 1.5 fs solid 0.92 border lc rgb '#009E73' title 'logging, with reuse', \
  keyentry with boxes lc rgb '#CC79A7' lw 1.5 fs solid 0.92 border lc rgb '#CC79A7' title 'logging, without reuse', \
  keyentry with boxes lc rgb '#56B4E9' lw 1.5 fs solid 0.92 border lc rgb '#56B4E9' title 'measured', \
  keyentry with boxes lc rgb '#56B4E9' lw 1.5 fs pattern 4 border lc rgb '#56B4E9' title 'reported'
unset label; unset key

# Panel: Fifty pipelines, ten checkpoints of each network
set border 3 lw 1.2 lc rgb '#888888'
set lmargin at screen 0.0888; set rmargin at screen 0.97
set tmargin at screen 0.7943; set bmargin at screen 0.5571
set title 'Fifty pipelines, ten checkpoints of each network' font type15 textcolor rgb '#222222' offset 0,-0.4
set xlabel 'models' font type15 textcolor rgb '#222222'
set ylabel 'time (s)' font type15 textcolor rgb '#222222'
unset logscale; unset colorbox; set tics font type13 textcolor rgb '#222222'
set xtics autofreq nomirror norotate; set ytics autofreq nomirror; unset mxtics; unset mytics
set grid ytics lt 1 lc rgb '#E2E2E2' lw 1; set xrange [*:*] noreverse; set yrange [*:*] noreverse
set yrange [1.0:93.28014455381499]
set logscale y 10; set mytics 10
set format y '%g'
set xtics scale 0 ('Zillow' 0, 'CIFAR10_CNN' 1, 'CIFAR10_VGG16' 2)
set xrange [-0.6:2.6]
plot 'reuse.dat' index 0 using 1:2:(0.1886) with boxes lc rgb '#0072B2' lw 1.5 fs solid 0.92 border lc rgb '#0072B2' notitle, \
  'reuse.dat' index 0 using 1:3:(0):($4-$3) with vectors heads size screen 0.003,90 lc rgb '#222222' lw 1.5 notitle, \
  'reuse.dat' index 0 using 1:4:5 with labels center offset 0,0.6 font type12 textcolor rgb '#222222' notitle, \
  'reuse.dat' index 1 using 1:2:(0.1886) with boxes lc rgb '#E69F00' lw 1.5 fs solid 0.92 border lc rgb '#E69F00' notitle, \
  'reuse.dat' index 1 using 1:3:(0):($4-$3) with vectors heads size screen 0.003,90 lc rgb '#222222' lw 1.5 notitle, \
  'reuse.dat' index 1 using 1:4:5 with labels center offset 0,0.6 font type12 textcolor rgb '#222222' notitle, \
  'reuse.dat' index 2 using 1:2:(0.1886) with boxes lc rgb '#009E73' lw 1.5 fs solid 0.92 border lc rgb '#009E73' notitle, \
  'reuse.dat' index 2 using 1:3:(0):($4-$3) with vectors heads size screen 0.003,90 lc rgb '#222222' lw 1.5 notitle, \
  'reuse.dat' index 2 using 1:4:5 with labels center offset 0,0.6 font type12 textcolor rgb '#222222' notitle, \
  'reuse.dat' index 3 using 1:2:(0.1886) with boxes lc rgb '#CC79A7' lw 1.5 fs solid 0.92 border lc rgb '#CC79A7' notitle, \
  'reuse.dat' index 3 using 1:3:(0):($4-$3) with vectors heads size screen 0.003,90 lc rgb '#222222' lw 1.5 notitle, \
  'reuse.dat' index 3 using 1:4:5 with labels center offset 0,0.6 font type12 textcolor rgb '#222222' notitle

# Panel: Logging without reuse / with reuse
set border 3 lw 1.2 lc rgb '#888888'
set lmargin at screen 0.0888; set rmargin at screen 0.97
set tmargin at screen 0.4565; set bmargin at screen 0.2192
set title 'Logging without reuse / with reuse' font type15 textcolor rgb '#222222' offset 0,-0.4
set xlabel 'models' font type15 textcolor rgb '#222222'
set ylabel 'times faster' font type15 textcolor rgb '#222222'
unset logscale; unset colorbox; set tics font type13 textcolor rgb '#222222'
set xtics autofreq nomirror norotate; set ytics autofreq nomirror; unset mxtics; unset mytics
set grid ytics lt 1 lc rgb '#E2E2E2' lw 1; set xrange [*:*] noreverse; set yrange [*:*] noreverse
set yrange [0.1:44.39923701559615]
set logscale y 10; set mytics 10
set format y '%g'
set xtics scale 0 ('Zillow' 0, 'CIFAR10_CNN' 1, 'CIFAR10_VGG16' 2, 'HELIX' 3, 'Collab' 4)
set xrange [-0.6:4.6]
plot 'reuse.dat' index 4 using 1:2:(0.3772) with boxes lc rgb '#56B4E9' lw 1.5 fs solid 0.92 border lc rgb '#56B4E9' notitle, \
  'reuse.dat' index 4 using 1:4:5 with labels center offset 0,0.6 font type12 textcolor rgb '#222222' notitle, \
  'reuse.dat' index 5 using 1:2:(0.3772) with boxes lc rgb '#56B4E9' lw 1.5 fs pattern 4 border lc rgb '#56B4E9' notitle, \
  'reuse.dat' index 5 using 1:4:5 with labels center offset 0,0.6 font type12 textcolor rgb '#222222' notitle
unset multiplot
unset output
pass = pass + 1
if (pass == 2) load 'reuse.gp'
