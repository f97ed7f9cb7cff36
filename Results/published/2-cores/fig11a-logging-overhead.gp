# Logging a pipeline under each policy
# generated data: Zillow tables of 100000 properties and 30000 sales, seed 2018
# fig11a-logging-overhead  ·  scale small  ·  commit bc6712a6
# To draw fig11a-logging-overhead.png and fig11a-logging-overhead.svg again, in this folder: gnuplot fig11a-logging-overhead.gp
if (!exists("pass")) pass = 1
if (pass == 1) set terminal pngcairo noenhanced size 1600,1748 font 'DejaVu Sans,15' background '#ffffff'
if (pass == 1) set output 'fig11a-logging-overhead.png'
if (pass == 2) set terminal svg noenhanced size 1600,1748 font 'DejaVu Sans,20' background '#ffffff'
if (pass == 2) set output 'fig11a-logging-overhead.svg'
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
set label 'Logging a pipeline under each policy' at screen 0.0275,0.9748 left font type21 textcolor rgb '#222222'
set label 'generated data: Zillow tables of 100000 properties and 30000 sales, seed 2018' at screen 0.0275,0.9497 left font type15 textcolor rgb '#D55E00'
set label 'From reading the files and training until everything is durable, into a fresh store; medians with the smallest and largest repetition. One' at screen 0.0275,0.119 left font type13 textcolor rgb '#222222'
set label 'transaction: compressing and writing go on while the pipeline runs, and the model is synced and committed as a whole.' at screen 0.0275,0.103 left font type13 textcolor rgb '#222222'
set label 'Every write synced: each intermediate is compressed, written and synced before the pipeline goes on, the paper’s upper bound. ‘none’ and ‘adaptive’' at screen 0.0275,0.087 left font type13 textcolor rgb '#222222'
set label 'store only the fitted transformers, after the run.' at screen 0.0275,0.0709 left font type13 textcolor rgb '#222222'
set label 'DEDUP is the paper’s (Algorithm 4), DEDUP+derived keeps columns as how they follow from others; STORE_ALL is in our encodings, raw is uncompressed.' at screen 0.0275,0.0549 left font type13 textcolor rgb '#222222'
set label 'Hatched: the paper’s figure 11a (no run without logging), over the Kaggle tables of 2,985,217 homes, on another machine.' at screen 0.0275,0.0389 left font type13 textcolor rgb '#222222'
set label 'fig11a-logging-overhead  ·  scale small  ·  commit bc6712a6' at screen 0.0275,0.0137 left font type11 textcolor rgb '#666666'
set key at screen 0.0275,0.9325 left top horizontal Left reverse maxcols 3 samplen 2.5 width 1 height 0.2 font type15 textcolor rgb '#222222'
plot NaN notitle, \
  keyentry with boxes lc rgb '#0072B2' lw 1.5 fs solid 0.92 border lc rgb '#0072B2' title 'one transaction', \
  keyentry with boxes lc rgb '#E69F00' lw 1.5 fs solid 0.92 border lc rgb '#E69F00' title 'every write synced', \
  keyentry with boxes lc rgb '#E69F00' lw 1.5 fs pattern 4 border lc rgb '#E69F00' title 'every write synced, paper'
unset label; unset key

# Panel: P1_a
set border 3 lw 1.2 lc rgb '#888888'
set lmargin at screen 0.0888; set rmargin at screen 0.97
set tmargin at screen 0.8787; set bmargin at screen 0.6979
set title 'P1_a' font type15 textcolor rgb '#222222' offset 0,-0.4
set xlabel 'policy' font type15 textcolor rgb '#222222'
set ylabel 'time (s)' font type15 textcolor rgb '#222222'
unset logscale; unset colorbox; set tics font type13 textcolor rgb '#222222'
set xtics autofreq nomirror norotate; set ytics autofreq nomirror; unset mxtics; unset mytics
set grid ytics lt 1 lc rgb '#E2E2E2' lw 1; set xrange [*:*] noreverse; set yrange [*:*] noreverse
set yrange [1.0:618.3422380775922]
set logscale y 10; set mytics 10
set format y '%g'
set xtics scale 0 ('none' 0, 'adaptive' 1, 'DEDUP' 2, 'DEDUP+derived' 3, 'STORE_ALL gzip' 4, 'STORE_ALL' 5, 'STORE_ALL raw' 6)
set xrange [-0.6:6.6]
plot 'fig11a-logging-overhead.dat' index 0 using 1:2:(0.2515) with boxes lc rgb '#0072B2' lw 1.5 fs solid 0.92 border lc rgb '#0072B2' notitle, \
  'fig11a-logging-overhead.dat' index 0 using 1:3:(0):($4-$3) with vectors heads size screen 0.003,90 lc rgb '#222222' lw 1.5 notitle, \
  'fig11a-logging-overhead.dat' index 0 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'fig11a-logging-overhead.dat' index 1 using 1:2:(0.2515) with boxes lc rgb '#E69F00' lw 1.5 fs solid 0.92 border lc rgb '#E69F00' notitle, \
  'fig11a-logging-overhead.dat' index 1 using 1:3:(0):($4-$3) with vectors heads size screen 0.003,90 lc rgb '#222222' lw 1.5 notitle, \
  'fig11a-logging-overhead.dat' index 1 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'fig11a-logging-overhead.dat' index 2 using 1:2:(0.2515) with boxes lc rgb '#E69F00' lw 1.5 fs pattern 4 border lc rgb '#E69F00' notitle, \
  'fig11a-logging-overhead.dat' index 2 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle

# Panel: P5_a
set border 3 lw 1.2 lc rgb '#888888'
set lmargin at screen 0.0888; set rmargin at screen 0.97
set tmargin at screen 0.6213; set bmargin at screen 0.4405
set title 'P5_a' font type15 textcolor rgb '#222222' offset 0,-0.4
set xlabel 'policy' font type15 textcolor rgb '#222222'
set ylabel 'time (s)' font type15 textcolor rgb '#222222'
unset logscale; unset colorbox; set tics font type13 textcolor rgb '#222222'
set xtics autofreq nomirror norotate; set ytics autofreq nomirror; unset mxtics; unset mytics
set grid ytics lt 1 lc rgb '#E2E2E2' lw 1; set xrange [*:*] noreverse; set yrange [*:*] noreverse
set yrange [0.1:1763.0118893419626]
set logscale y 10; set mytics 10
set format y '%g'
set xtics scale 0 ('none' 0, 'adaptive' 1, 'DEDUP' 2, 'DEDUP+derived' 3, 'STORE_ALL gzip' 4, 'STORE_ALL' 5, 'STORE_ALL raw' 6)
set xrange [-0.6:6.6]
plot 'fig11a-logging-overhead.dat' index 3 using 1:2:(0.2515) with boxes lc rgb '#0072B2' lw 1.5 fs solid 0.92 border lc rgb '#0072B2' notitle, \
  'fig11a-logging-overhead.dat' index 3 using 1:3:(0):($4-$3) with vectors heads size screen 0.003,90 lc rgb '#222222' lw 1.5 notitle, \
  'fig11a-logging-overhead.dat' index 3 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'fig11a-logging-overhead.dat' index 4 using 1:2:(0.2515) with boxes lc rgb '#E69F00' lw 1.5 fs solid 0.92 border lc rgb '#E69F00' notitle, \
  'fig11a-logging-overhead.dat' index 4 using 1:3:(0):($4-$3) with vectors heads size screen 0.003,90 lc rgb '#222222' lw 1.5 notitle, \
  'fig11a-logging-overhead.dat' index 4 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'fig11a-logging-overhead.dat' index 5 using 1:2:(0.2515) with boxes lc rgb '#E69F00' lw 1.5 fs pattern 4 border lc rgb '#E69F00' notitle, \
  'fig11a-logging-overhead.dat' index 5 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle

# Panel: P9_a
set border 3 lw 1.2 lc rgb '#888888'
set lmargin at screen 0.0888; set rmargin at screen 0.97
set tmargin at screen 0.3638; set bmargin at screen 0.1831
set title 'P9_a' font type15 textcolor rgb '#222222' offset 0,-0.4
set xlabel 'policy' font type15 textcolor rgb '#222222'
set ylabel 'time (s)' font type15 textcolor rgb '#222222'
unset logscale; unset colorbox; set tics font type13 textcolor rgb '#222222'
set xtics autofreq nomirror norotate; set ytics autofreq nomirror; unset mxtics; unset mytics
set grid ytics lt 1 lc rgb '#E2E2E2' lw 1; set xrange [*:*] noreverse; set yrange [*:*] noreverse
set yrange [0.1:3648.7034654459103]
set logscale y 10; set mytics 10
set format y '%g'
set xtics scale 0 ('none' 0, 'adaptive' 1, 'DEDUP' 2, 'DEDUP+derived' 3, 'STORE_ALL gzip' 4, 'STORE_ALL' 5, 'STORE_ALL raw' 6)
set xrange [-0.6:6.6]
plot 'fig11a-logging-overhead.dat' index 6 using 1:2:(0.2515) with boxes lc rgb '#0072B2' lw 1.5 fs solid 0.92 border lc rgb '#0072B2' notitle, \
  'fig11a-logging-overhead.dat' index 6 using 1:3:(0):($4-$3) with vectors heads size screen 0.003,90 lc rgb '#222222' lw 1.5 notitle, \
  'fig11a-logging-overhead.dat' index 6 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'fig11a-logging-overhead.dat' index 7 using 1:2:(0.2515) with boxes lc rgb '#E69F00' lw 1.5 fs solid 0.92 border lc rgb '#E69F00' notitle, \
  'fig11a-logging-overhead.dat' index 7 using 1:3:(0):($4-$3) with vectors heads size screen 0.003,90 lc rgb '#222222' lw 1.5 notitle, \
  'fig11a-logging-overhead.dat' index 7 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'fig11a-logging-overhead.dat' index 8 using 1:2:(0.2515) with boxes lc rgb '#E69F00' lw 1.5 fs pattern 4 border lc rgb '#E69F00' notitle, \
  'fig11a-logging-overhead.dat' index 8 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle
unset multiplot
unset output
pass = pass + 1
if (pass == 2) load 'fig11a-logging-overhead.gp'
