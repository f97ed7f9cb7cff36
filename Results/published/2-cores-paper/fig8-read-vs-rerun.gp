# Reading against re-running CIFAR10_VGG16, stored under pool(2)
# real data: CIFAR-10, the first 50000 training images (VGG16 pre-trained on 25000 of them)
# fig8-read-vs-rerun  ·  scale paper  ·  commit 506ca2e2
# To draw fig8-read-vs-rerun.png and fig8-read-vs-rerun.svg again, in this folder: gnuplot fig8-read-vs-rerun.gp
if (!exists("pass")) pass = 1
if (pass == 1) set terminal pngcairo noenhanced size 1600,1334 font 'DejaVu Sans,15' background '#ffffff'
if (pass == 1) set output 'fig8-read-vs-rerun.png'
if (pass == 2) set terminal svg noenhanced size 1600,1334 font 'DejaVu Sans,20' background '#ffffff'
if (pass == 2) set output 'fig8-read-vs-rerun.svg'
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
set label 'Reading against re-running CIFAR10_VGG16, stored under pool(2)' at screen 0.0275,0.967 left font type21 textcolor rgb '#222222'
set label 'real data: CIFAR-10, the first 50000 training images (VGG16 pre-trained on 25000 of them)' at screen 0.0275,0.934 left font type15 textcolor rgb '#00785A'
set label 'All columns of a layer for the first images of 50,000, warm unless said: each measured once. Re-runs load the model, as the paper’s do (1.2 s; here' at screen 0.0275,0.1559 left font type13 textcolor rgb '#222222'
set label '189 ms), and start from the image, in batches of 1,000 images; what does not fill five eighths of one, in passes of 8 or more. Dotted: what the cost' at screen 0.0275,0.1349 left font type13 textcolor rgb '#222222'
set label 'model predicted before. A crossing is interpolated between two numbers of images.' at screen 0.0275,0.1139 left font type13 textcolor rgb '#222222'
set label 'Hollow: the paper’s own times for 50,000 images under pool(2), its default scheme (figures 7a and 7b, which its figure 8 ends at), on another' at screen 0.0275,0.093 left font type13 textcolor rgb '#222222'
set label 'machine. Its curves cross at layer 1 alone, near 10,000 images, above which re-running is faster.' at screen 0.0275,0.072 left font type13 textcolor rgb '#222222'
set label 'VGG16’s convolutions are pre-trained on what the line of the data says, and then frozen: unless it names a file of weights, not on ImageNet.' at screen 0.0275,0.051 left font type13 textcolor rgb '#222222'
set label 'fig8-read-vs-rerun  ·  scale paper  ·  commit 506ca2e2' at screen 0.0275,0.018 left font type11 textcolor rgb '#666666'
set key at screen 0.0275,0.9115 left top horizontal Left reverse maxcols 4 samplen 2.5 width 1 height 0.2 font type15 textcolor rgb '#222222'
plot NaN notitle, \
  keyentry with linespoints lc rgb '#0072B2' lw 3 dt 1 pt 7 ps 1.5 title 're-run', \
  keyentry with lines lc rgb '#0072B2' lw 2.5 dt (3,6) title 're-run, predicted', \
  keyentry with points lc rgb '#0072B2' lw 2 pt 6 ps 2.6 title 're-run, paper', \
  keyentry with linespoints lc rgb '#E69F00' lw 3 dt 1 pt 5 ps 1.5 title 'read', \
  keyentry with lines lc rgb '#E69F00' lw 2.5 dt (3,6) title 'read, predicted', \
  keyentry with points lc rgb '#E69F00' lw 2 pt 4 ps 2.6 title 'read, paper'
unset label; unset key

# Panel: Layer 1: read faster throughout
set border 3 lw 1.2 lc rgb '#888888'
set lmargin at screen 0.0888; set rmargin at screen 0.32
set tmargin at screen 0.8141; set bmargin at screen 0.5772
set title 'Layer 1: read faster throughout' font type15 textcolor rgb '#222222' offset 0,-0.4
set xlabel 'images' font type15 textcolor rgb '#222222'
set ylabel 'time (s)' font type15 textcolor rgb '#222222'
unset logscale; unset colorbox; set tics font type13 textcolor rgb '#222222'
set xtics autofreq nomirror norotate; set ytics autofreq nomirror; unset mxtics; unset mytics
set grid ytics lt 1 lc rgb '#E2E2E2' lw 1; set xrange [*:*] noreverse; set yrange [*:*] noreverse
set xrange [831.7637711026708:60113.221730870646]
set logscale x 10; set mxtics 10
set format x '%g'
set yrange [0.017008058891613227:19.476683840802096]
set logscale y 10; set mytics 10
set format y '%g'
set grid xtics ytics lt 1 lc rgb '#E2E2E2' lw 1
plot 'fig8-read-vs-rerun.dat' index 0 using 1:3:(0):($4-$3) with vectors heads size screen 0.003,90 lc rgb '#0072B2' lw 1.5 notitle, \
  'fig8-read-vs-rerun.dat' index 0 using 1:2 with linespoints lc rgb '#0072B2' lw 3 dt 1 pt 7 ps 1.5 notitle, \
  'fig8-read-vs-rerun.dat' index 1 using 1:2 with lines lc rgb '#0072B2' lw 2.5 dt (3,6) notitle, \
  'fig8-read-vs-rerun.dat' index 2 using 1:2 with points lc rgb '#0072B2' lw 2 pt 6 ps 2.6 notitle, \
  'fig8-read-vs-rerun.dat' index 3 using 1:3:(0):($4-$3) with vectors heads size screen 0.003,90 lc rgb '#E69F00' lw 1.5 notitle, \
  'fig8-read-vs-rerun.dat' index 3 using 1:2 with linespoints lc rgb '#E69F00' lw 3 dt 1 pt 5 ps 1.5 notitle, \
  'fig8-read-vs-rerun.dat' index 4 using 1:2 with lines lc rgb '#E69F00' lw 2.5 dt (3,6) notitle, \
  'fig8-read-vs-rerun.dat' index 5 using 1:2 with points lc rgb '#E69F00' lw 2 pt 4 ps 2.6 notitle

# Panel: Layer 6: read faster throughout
set border 3 lw 1.2 lc rgb '#888888'
set lmargin at screen 0.4138; set rmargin at screen 0.645
set tmargin at screen 0.8141; set bmargin at screen 0.5772
set title 'Layer 6: read faster throughout' font type15 textcolor rgb '#222222' offset 0,-0.4
set xlabel 'images' font type15 textcolor rgb '#222222'
set ylabel 'time (s)' font type15 textcolor rgb '#222222'
unset logscale; unset colorbox; set tics font type13 textcolor rgb '#222222'
set xtics autofreq nomirror norotate; set ytics autofreq nomirror; unset mxtics; unset mytics
set grid ytics lt 1 lc rgb '#E2E2E2' lw 1; set xrange [*:*] noreverse; set yrange [*:*] noreverse
set xrange [831.7637711026708:60113.221730870646]
set logscale x 10; set mxtics 10
set format x '%g'
set yrange [0.0025378465649343123:48.712234736221994]
set logscale y 10; set mytics 10
set format y '%g'
set grid xtics ytics lt 1 lc rgb '#E2E2E2' lw 1
plot 'fig8-read-vs-rerun.dat' index 6 using 1:3:(0):($4-$3) with vectors heads size screen 0.003,90 lc rgb '#0072B2' lw 1.5 notitle, \
  'fig8-read-vs-rerun.dat' index 6 using 1:2 with linespoints lc rgb '#0072B2' lw 3 dt 1 pt 7 ps 1.5 notitle, \
  'fig8-read-vs-rerun.dat' index 7 using 1:2 with lines lc rgb '#0072B2' lw 2.5 dt (3,6) notitle, \
  'fig8-read-vs-rerun.dat' index 8 using 1:2 with points lc rgb '#0072B2' lw 2 pt 6 ps 2.6 notitle, \
  'fig8-read-vs-rerun.dat' index 9 using 1:3:(0):($4-$3) with vectors heads size screen 0.003,90 lc rgb '#E69F00' lw 1.5 notitle, \
  'fig8-read-vs-rerun.dat' index 9 using 1:2 with linespoints lc rgb '#E69F00' lw 3 dt 1 pt 5 ps 1.5 notitle, \
  'fig8-read-vs-rerun.dat' index 10 using 1:2 with lines lc rgb '#E69F00' lw 2.5 dt (3,6) notitle, \
  'fig8-read-vs-rerun.dat' index 11 using 1:2 with points lc rgb '#E69F00' lw 2 pt 4 ps 2.6 notitle

# Panel: Layer 11: read faster throughout
set border 3 lw 1.2 lc rgb '#888888'
set lmargin at screen 0.7388; set rmargin at screen 0.97
set tmargin at screen 0.8141; set bmargin at screen 0.5772
set title 'Layer 11: read faster throughout' font type15 textcolor rgb '#222222' offset 0,-0.4
set xlabel 'images' font type15 textcolor rgb '#222222'
set ylabel 'time (s)' font type15 textcolor rgb '#222222'
unset logscale; unset colorbox; set tics font type13 textcolor rgb '#222222'
set xtics autofreq nomirror norotate; set ytics autofreq nomirror; unset mxtics; unset mytics
set grid ytics lt 1 lc rgb '#E2E2E2' lw 1; set xrange [*:*] noreverse; set yrange [*:*] noreverse
set xrange [831.7637711026708:60113.221730870646]
set logscale x 10; set mxtics 10
set format x '%g'
set yrange [0.003512174410847667:96.8423385094239]
set logscale y 10; set mytics 10
set format y '%g'
set grid xtics ytics lt 1 lc rgb '#E2E2E2' lw 1
plot 'fig8-read-vs-rerun.dat' index 12 using 1:3:(0):($4-$3) with vectors heads size screen 0.003,90 lc rgb '#0072B2' lw 1.5 notitle, \
  'fig8-read-vs-rerun.dat' index 12 using 1:2 with linespoints lc rgb '#0072B2' lw 3 dt 1 pt 7 ps 1.5 notitle, \
  'fig8-read-vs-rerun.dat' index 13 using 1:2 with lines lc rgb '#0072B2' lw 2.5 dt (3,6) notitle, \
  'fig8-read-vs-rerun.dat' index 14 using 1:2 with points lc rgb '#0072B2' lw 2 pt 6 ps 2.6 notitle, \
  'fig8-read-vs-rerun.dat' index 15 using 1:3:(0):($4-$3) with vectors heads size screen 0.003,90 lc rgb '#E69F00' lw 1.5 notitle, \
  'fig8-read-vs-rerun.dat' index 15 using 1:2 with linespoints lc rgb '#E69F00' lw 3 dt 1 pt 5 ps 1.5 notitle, \
  'fig8-read-vs-rerun.dat' index 16 using 1:2 with lines lc rgb '#E69F00' lw 2.5 dt (3,6) notitle, \
  'fig8-read-vs-rerun.dat' index 17 using 1:2 with points lc rgb '#E69F00' lw 2 pt 4 ps 2.6 notitle

# Panel: Layer 16: read faster throughout
set border 3 lw 1.2 lc rgb '#888888'
set lmargin at screen 0.0888; set rmargin at screen 0.32
set tmargin at screen 0.4768; set bmargin at screen 0.2399
set title 'Layer 16: read faster throughout' font type15 textcolor rgb '#222222' offset 0,-0.4
set xlabel 'images' font type15 textcolor rgb '#222222'
set ylabel 'time (s)' font type15 textcolor rgb '#222222'
unset logscale; unset colorbox; set tics font type13 textcolor rgb '#222222'
set xtics autofreq nomirror norotate; set ytics autofreq nomirror; unset mxtics; unset mytics
set grid ytics lt 1 lc rgb '#E2E2E2' lw 1; set xrange [*:*] noreverse; set yrange [*:*] noreverse
set xrange [831.7637711026708:60113.221730870646]
set logscale x 10; set mxtics 10
set format x '%g'
set yrange [0.001017935776905275:161.5962160600135]
set logscale y 10; set mytics 10
set format y '%g'
set grid xtics ytics lt 1 lc rgb '#E2E2E2' lw 1
plot 'fig8-read-vs-rerun.dat' index 18 using 1:3:(0):($4-$3) with vectors heads size screen 0.003,90 lc rgb '#0072B2' lw 1.5 notitle, \
  'fig8-read-vs-rerun.dat' index 18 using 1:2 with linespoints lc rgb '#0072B2' lw 3 dt 1 pt 7 ps 1.5 notitle, \
  'fig8-read-vs-rerun.dat' index 19 using 1:2 with lines lc rgb '#0072B2' lw 2.5 dt (3,6) notitle, \
  'fig8-read-vs-rerun.dat' index 20 using 1:2 with points lc rgb '#0072B2' lw 2 pt 6 ps 2.6 notitle, \
  'fig8-read-vs-rerun.dat' index 21 using 1:3:(0):($4-$3) with vectors heads size screen 0.003,90 lc rgb '#E69F00' lw 1.5 notitle, \
  'fig8-read-vs-rerun.dat' index 21 using 1:2 with linespoints lc rgb '#E69F00' lw 3 dt 1 pt 5 ps 1.5 notitle, \
  'fig8-read-vs-rerun.dat' index 22 using 1:2 with lines lc rgb '#E69F00' lw 2.5 dt (3,6) notitle, \
  'fig8-read-vs-rerun.dat' index 23 using 1:2 with points lc rgb '#E69F00' lw 2 pt 4 ps 2.6 notitle

# Panel: Layer 21: read faster throughout
set border 3 lw 1.2 lc rgb '#888888'
set lmargin at screen 0.4138; set rmargin at screen 0.645
set tmargin at screen 0.4768; set bmargin at screen 0.2399
set title 'Layer 21: read faster throughout' font type15 textcolor rgb '#222222' offset 0,-0.4
set xlabel 'images' font type15 textcolor rgb '#222222'
set ylabel 'time (s)' font type15 textcolor rgb '#222222'
unset logscale; unset colorbox; set tics font type13 textcolor rgb '#222222'
set xtics autofreq nomirror norotate; set ytics autofreq nomirror; unset mxtics; unset mytics
set grid ytics lt 1 lc rgb '#E2E2E2' lw 1; set xrange [*:*] noreverse; set yrange [*:*] noreverse
set xrange [831.7637711026708:60113.221730870646]
set logscale x 10; set mxtics 10
set format x '%g'
set yrange [9.063745613636031e-05:167.6395504665355]
set logscale y 10; set mytics 10
set format y '%g'
set grid xtics ytics lt 1 lc rgb '#E2E2E2' lw 1
plot 'fig8-read-vs-rerun.dat' index 24 using 1:3:(0):($4-$3) with vectors heads size screen 0.003,90 lc rgb '#0072B2' lw 1.5 notitle, \
  'fig8-read-vs-rerun.dat' index 24 using 1:2 with linespoints lc rgb '#0072B2' lw 3 dt 1 pt 7 ps 1.5 notitle, \
  'fig8-read-vs-rerun.dat' index 25 using 1:2 with lines lc rgb '#0072B2' lw 2.5 dt (3,6) notitle, \
  'fig8-read-vs-rerun.dat' index 26 using 1:2 with points lc rgb '#0072B2' lw 2 pt 6 ps 2.6 notitle, \
  'fig8-read-vs-rerun.dat' index 27 using 1:3:(0):($4-$3) with vectors heads size screen 0.003,90 lc rgb '#E69F00' lw 1.5 notitle, \
  'fig8-read-vs-rerun.dat' index 27 using 1:2 with linespoints lc rgb '#E69F00' lw 3 dt 1 pt 5 ps 1.5 notitle, \
  'fig8-read-vs-rerun.dat' index 28 using 1:2 with lines lc rgb '#E69F00' lw 2.5 dt (3,6) notitle, \
  'fig8-read-vs-rerun.dat' index 29 using 1:2 with points lc rgb '#E69F00' lw 2 pt 4 ps 2.6 notitle
unset multiplot
unset output
pass = pass + 1
if (pass == 2) load 'fig8-read-vs-rerun.gp'
