# Bytes stored, checkpoint after checkpoint
# real data: CIFAR-10, the first 20000 training images (VGG16 pre-trained on 8000 of them)
# fig6b-dnn-storage  ·  scale small  ·  commit bc6712a6
# To draw fig6b-dnn-storage-cumulative.png and fig6b-dnn-storage-cumulative.svg again, in this folder: gnuplot fig6b-dnn-storage-cumulative.gp
if (!exists("pass")) pass = 1
if (pass == 1) set terminal pngcairo noenhanced size 1600,1000 font 'DejaVu Sans,15' background '#ffffff'
if (pass == 1) set output 'fig6b-dnn-storage-cumulative.png'
if (pass == 2) set terminal svg noenhanced size 1600,1000 font 'DejaVu Sans,20' background '#ffffff'
if (pass == 2) set output 'fig6b-dnn-storage-cumulative.svg'
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
set label 'Bytes stored, checkpoint after checkpoint' at screen 0.0275,0.956 left font type21 textcolor rgb '#222222'
set label 'real data: CIFAR-10, the first 20000 training images (VGG16 pre-trained on 8000 of them)' at screen 0.0275,0.912 left font type15 textcolor rgb '#00785A'
set label 'VGG16’s convolutions are frozen: DEDUP stores their activations with the first checkpoint only. The CNN, the Keras example’s 18 layers, changes' at screen 0.0275,0.124 left font type13 textcolor rgb '#222222'
set label 'every layer; of each checkpoint DEDUP stores the dropout layers, which repeat others, as references.' at screen 0.0275,0.096 left font type13 textcolor rgb '#222222'
set label 'VGG16’s convolutions are pre-trained on what the line of the data says, and then frozen: unless it names a file of weights, not on ImageNet.' at screen 0.0275,0.068 left font type13 textcolor rgb '#222222'
set label 'fig6b-dnn-storage  ·  scale small  ·  commit bc6712a6' at screen 0.0275,0.024 left font type11 textcolor rgb '#666666'
set key at screen 0.0275,0.882 left top horizontal Left reverse maxcols 5 samplen 2.5 width 1 height 0.2 font type15 textcolor rgb '#222222'
plot NaN notitle, \
  keyentry with linespoints lc rgb '#0072B2' lw 3 dt 1 pt 7 ps 1.5 title 'STORE_ALL', \
  keyentry with linespoints lc rgb '#E69F00' lw 3 dt 1 pt 5 ps 1.5 title 'DEDUP', \
  keyentry with linespoints lc rgb '#009E73' lw 3 dt 1 pt 9 ps 1.5 title '8BIT', \
  keyentry with linespoints lc rgb '#CC79A7' lw 3 dt 1 pt 13 ps 1.5 title '8BIT+DEDUP', \
  keyentry with linespoints lc rgb '#56B4E9' lw 3 dt 1 pt 11 ps 1.5 title 'pool(2)', \
  keyentry with linespoints lc rgb '#D55E00' lw 3 dt 1 pt 7 ps 1.5 title 'pool(2)+DEDUP'
unset label; unset key

# Panel: CIFAR10_CNN, 1,000 images
set border 3 lw 1.2 lc rgb '#888888'
set lmargin at screen 0.1075; set rmargin at screen 0.4825
set tmargin at screen 0.752; set bmargin at screen 0.236
set title 'CIFAR10_CNN, 1,000 images' font type15 textcolor rgb '#222222' offset 0,-0.4
set xlabel 'checkpoints logged' font type15 textcolor rgb '#222222'
set ylabel 'stored bytes' font type15 textcolor rgb '#222222'
unset logscale; unset colorbox; set tics font type13 textcolor rgb '#222222'
set xtics autofreq nomirror norotate; set ytics autofreq nomirror; unset mxtics; unset mytics
set grid ytics lt 1 lc rgb '#E2E2E2' lw 1; set xrange [*:*] noreverse; set yrange [*:*] noreverse
set xrange [0.64:10.54]
set format x '%g'
set xtics 1
set yrange [0.0:4277230352.44]
set ytics ('0 B' 0.0, '500 MB' 500000000.0, '1 GB' 1000000000.0, '1.5 GB' 1500000000.0, '2 GB' 2000000000.0, '2.5 GB' 2500000000.0, '3 GB' 3000000000.0, '3.5 GB' 3500000000.0, '4 GB' 4000000000.0)
set format y '%.0s %cB'
set grid xtics ytics lt 1 lc rgb '#E2E2E2' lw 1
plot 'fig6b-dnn-storage-cumulative.dat' index 0 using 1:2 with linespoints lc rgb '#0072B2' lw 3 dt 1 pt 7 ps 1.5 notitle, \
  'fig6b-dnn-storage-cumulative.dat' index 1 using 1:2 with linespoints lc rgb '#E69F00' lw 3 dt 1 pt 5 ps 1.5 notitle, \
  'fig6b-dnn-storage-cumulative.dat' index 2 using 1:2 with linespoints lc rgb '#009E73' lw 3 dt 1 pt 9 ps 1.5 notitle, \
  'fig6b-dnn-storage-cumulative.dat' index 3 using 1:2 with linespoints lc rgb '#CC79A7' lw 3 dt 1 pt 13 ps 1.5 notitle, \
  'fig6b-dnn-storage-cumulative.dat' index 4 using 1:2 with linespoints lc rgb '#56B4E9' lw 3 dt 1 pt 11 ps 1.5 notitle, \
  'fig6b-dnn-storage-cumulative.dat' index 5 using 1:2 with linespoints lc rgb '#D55E00' lw 3 dt 1 pt 7 ps 1.5 notitle

# Panel: CIFAR10_VGG16, 1,000 images
set border 3 lw 1.2 lc rgb '#888888'
set lmargin at screen 0.595; set rmargin at screen 0.97
set tmargin at screen 0.752; set bmargin at screen 0.236
set title 'CIFAR10_VGG16, 1,000 images' font type15 textcolor rgb '#222222' offset 0,-0.4
set xlabel 'checkpoints logged' font type15 textcolor rgb '#222222'
set ylabel 'stored bytes' font type15 textcolor rgb '#222222'
unset logscale; unset colorbox; set tics font type13 textcolor rgb '#222222'
set xtics autofreq nomirror norotate; set ytics autofreq nomirror; unset mxtics; unset mytics
set grid ytics lt 1 lc rgb '#E2E2E2' lw 1; set xrange [*:*] noreverse; set yrange [*:*] noreverse
set xrange [0.64:10.54]
set format x '%g'
set xtics 1
set yrange [0.0:4188685807.04]
set ytics ('0 B' 0.0, '500 MB' 500000000.0, '1 GB' 1000000000.0, '1.5 GB' 1500000000.0, '2 GB' 2000000000.0, '2.5 GB' 2500000000.0, '3 GB' 3000000000.0, '3.5 GB' 3500000000.0, '4 GB' 4000000000.0)
set format y '%.0s %cB'
set grid xtics ytics lt 1 lc rgb '#E2E2E2' lw 1
plot 'fig6b-dnn-storage-cumulative.dat' index 6 using 1:2 with linespoints lc rgb '#0072B2' lw 3 dt 1 pt 7 ps 1.5 notitle, \
  'fig6b-dnn-storage-cumulative.dat' index 7 using 1:2 with linespoints lc rgb '#E69F00' lw 3 dt 1 pt 5 ps 1.5 notitle, \
  'fig6b-dnn-storage-cumulative.dat' index 8 using 1:2 with linespoints lc rgb '#009E73' lw 3 dt 1 pt 9 ps 1.5 notitle, \
  'fig6b-dnn-storage-cumulative.dat' index 9 using 1:2 with linespoints lc rgb '#CC79A7' lw 3 dt 1 pt 13 ps 1.5 notitle, \
  'fig6b-dnn-storage-cumulative.dat' index 10 using 1:2 with linespoints lc rgb '#56B4E9' lw 3 dt 1 pt 11 ps 1.5 notitle, \
  'fig6b-dnn-storage-cumulative.dat' index 11 using 1:2 with linespoints lc rgb '#D55E00' lw 3 dt 1 pt 7 ps 1.5 notitle
unset multiplot
unset output
pass = pass + 1
if (pass == 2) load 'fig6b-dnn-storage-cumulative.gp'
