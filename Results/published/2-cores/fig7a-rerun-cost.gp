# Re-running CIFAR10_VGG16 to a layer, 1,000 images
# real data: CIFAR-10, the first 20000 training images (VGG16 pre-trained on 8000 of them)
# fig7a-rerun-cost  ·  scale small  ·  commit bc6712a6
# To draw fig7a-rerun-cost.png and fig7a-rerun-cost.svg again, in this folder: gnuplot fig7a-rerun-cost.gp
if (!exists("pass")) pass = 1
if (pass == 1) set terminal pngcairo noenhanced size 1600,1000 font 'DejaVu Sans,15' background '#ffffff'
if (pass == 1) set output 'fig7a-rerun-cost.png'
if (pass == 2) set terminal svg noenhanced size 1600,1000 font 'DejaVu Sans,20' background '#ffffff'
if (pass == 2) set output 'fig7a-rerun-cost.svg'
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
set label 'Re-running CIFAR10_VGG16 to a layer, 1,000 images' at screen 0.0275,0.956 left font type21 textcolor rgb '#222222'
set label 'real data: CIFAR-10, the first 20000 training images (VGG16 pre-trained on 8000 of them)' at screen 0.0275,0.912 left font type15 textcolor rgb '#00785A'
set label 'Medians with the smallest and largest repetition, over 1,000 images; each re-run loads the model, which is in them: 92.5 ms at batches of 10, 73.8' at screen 0.0275,0.208 left font type13 textcolor rgb '#222222'
set label 'ms at batches of 100, 85.9 ms at batches of 1,000. Dashed: the paper’s own times (figure 7a), 50,000 images on another machine, 1.2 s of loading in' at screen 0.0275,0.18 left font type13 textcolor rgb '#222222'
set label 'each.' at screen 0.0275,0.152 left font type13 textcolor rgb '#222222'
set label 'Batches are padded to at least 8 images, so that an image’s bits do not depend on its neighbours. Batches of 10,000 are left out: there are not so' at screen 0.0275,0.124 left font type13 textcolor rgb '#222222'
set label 'many images.' at screen 0.0275,0.096 left font type13 textcolor rgb '#222222'
set label 'VGG16’s convolutions are pre-trained on what the line of the data says, and then frozen: unless it names a file of weights, not on ImageNet.' at screen 0.0275,0.068 left font type13 textcolor rgb '#222222'
set label 'fig7a-rerun-cost  ·  scale small  ·  commit bc6712a6' at screen 0.0275,0.024 left font type11 textcolor rgb '#666666'
set key at screen 0.0275,0.882 left top horizontal Left reverse maxcols 4 samplen 2.5 width 1 height 0.2 font type15 textcolor rgb '#222222'
plot NaN notitle, \
  keyentry with linespoints lc rgb '#0072B2' lw 3 dt 1 pt 7 ps 1.5 title 'batch 10', \
  keyentry with linespoints lc rgb '#E69F00' lw 3 dt 1 pt 5 ps 1.5 title 'batch 100', \
  keyentry with linespoints lc rgb '#009E73' lw 3 dt 1 pt 9 ps 1.5 title 'batch 1,000', \
  keyentry with linespoints lc rgb '#0072B2' lw 2 dt (12,8) pt 6 ps 2.4 title 'batch 10, paper', \
  keyentry with linespoints lc rgb '#E69F00' lw 2 dt (12,8) pt 4 ps 2.4 title 'batch 100, paper', \
  keyentry with linespoints lc rgb '#009E73' lw 2 dt (12,8) pt 8 ps 2.4 title 'batch 1,000, paper', \
  keyentry with linespoints lc rgb '#CC79A7' lw 2 dt (12,8) pt 12 ps 2.4 title 'batch 10,000, paper'
unset label; unset key

# Panel: ms per image
set border 3 lw 1.2 lc rgb '#888888'
set lmargin at screen 0.0888; set rmargin at screen 0.97
set tmargin at screen 0.78; set bmargin at screen 0.32
unset title
set xlabel 'layer' font type15 textcolor rgb '#222222'
set ylabel 'ms per image' font type15 textcolor rgb '#222222'
unset logscale; unset colorbox; set tics font type13 textcolor rgb '#222222'
set xtics autofreq nomirror norotate; set ytics autofreq nomirror; unset mxtics; unset mytics
set grid ytics lt 1 lc rgb '#E2E2E2' lw 1; set xrange [*:*] noreverse; set yrange [*:*] noreverse
set xrange [0.19999999999999996:22.2]
set format x '%g'
set yrange [0.08251484127772847:9.521934322169908]
set logscale y 10; set mytics 10
set format y '%g'
set grid xtics ytics lt 1 lc rgb '#E2E2E2' lw 1
plot 'fig7a-rerun-cost.dat' index 0 using 1:3:(0):($4-$3) with vectors heads size screen 0.003,90 lc rgb '#0072B2' lw 1.5 notitle, \
  'fig7a-rerun-cost.dat' index 0 using 1:2 with linespoints lc rgb '#0072B2' lw 3 dt 1 pt 7 ps 1.5 notitle, \
  'fig7a-rerun-cost.dat' index 1 using 1:3:(0):($4-$3) with vectors heads size screen 0.003,90 lc rgb '#E69F00' lw 1.5 notitle, \
  'fig7a-rerun-cost.dat' index 1 using 1:2 with linespoints lc rgb '#E69F00' lw 3 dt 1 pt 5 ps 1.5 notitle, \
  'fig7a-rerun-cost.dat' index 2 using 1:3:(0):($4-$3) with vectors heads size screen 0.003,90 lc rgb '#009E73' lw 1.5 notitle, \
  'fig7a-rerun-cost.dat' index 2 using 1:2 with linespoints lc rgb '#009E73' lw 3 dt 1 pt 9 ps 1.5 notitle, \
  'fig7a-rerun-cost.dat' index 3 using 1:2 with linespoints lc rgb '#0072B2' lw 2 dt (12,8) pt 6 ps 2.4 notitle, \
  'fig7a-rerun-cost.dat' index 4 using 1:2 with linespoints lc rgb '#E69F00' lw 2 dt (12,8) pt 4 ps 2.4 notitle, \
  'fig7a-rerun-cost.dat' index 5 using 1:2 with linespoints lc rgb '#009E73' lw 2 dt (12,8) pt 8 ps 2.4 notitle, \
  'fig7a-rerun-cost.dat' index 6 using 1:2 with linespoints lc rgb '#CC79A7' lw 2 dt (12,8) pt 12 ps 2.4 notitle
unset multiplot
unset output
pass = pass + 1
if (pass == 2) load 'fig7a-rerun-cost.gp'
