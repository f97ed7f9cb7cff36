# Nearest neighbours that remain, CIFAR10_VGG16, 4,000 images
# real data: CIFAR-10, the first 20000 training images (VGG16 pre-trained on 8000 of them)
# table3-knn  ·  scale small  ·  commit bc6712a6
# To draw table3-knn.png and table3-knn.svg again, in this folder: gnuplot table3-knn.gp
if (!exists("pass")) pass = 1
if (pass == 1) set terminal pngcairo noenhanced size 1600,1000 font 'DejaVu Sans,15' background '#ffffff'
if (pass == 1) set output 'table3-knn.png'
if (pass == 2) set terminal svg noenhanced size 1600,1000 font 'DejaVu Sans,20' background '#ffffff'
if (pass == 2) set output 'table3-knn.svg'
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
set label 'Nearest neighbours that remain, CIFAR10_VGG16, 4,000 images' at screen 0.0275,0.956 left font type21 textcolor rgb '#222222'
set label 'real data: CIFAR-10, the first 20000 training images (VGG16 pre-trained on 8000 of them)' at screen 0.0275,0.912 left font type15 textcolor rgb '#00785A'
set label 'The 50 nearest of 4,000 images by Euclidean distance, for 100 of them, found among full-precision and among quantized values: the mean share in' at screen 0.0275,0.124 left font type13 textcolor rgb '#222222'
set label 'common. Hatched: the paper’s table 3, k = 50 of 50,000 images. Full precision is 100 % by definition.' at screen 0.0275,0.096 left font type13 textcolor rgb '#222222'
set label 'VGG16’s convolutions are pre-trained on what the line of the data says, and then frozen: unless it names a file of weights, not on ImageNet.' at screen 0.0275,0.068 left font type13 textcolor rgb '#222222'
set label 'table3-knn  ·  scale small  ·  commit bc6712a6' at screen 0.0275,0.024 left font type11 textcolor rgb '#666666'
set key at screen 0.0275,0.882 left top horizontal Left reverse maxcols 4 samplen 2.5 width 1 height 0.2 font type15 textcolor rgb '#222222'
plot NaN notitle, \
  keyentry with boxes lc rgb '#0072B2' lw 1.5 fs solid 0.92 border lc rgb '#0072B2' title '8BIT', \
  keyentry with boxes lc rgb '#0072B2' lw 1.5 fs pattern 4 border lc rgb '#0072B2' title '8BIT, paper', \
  keyentry with boxes lc rgb '#E69F00' lw 1.5 fs solid 0.92 border lc rgb '#E69F00' title 'pool(2)', \
  keyentry with boxes lc rgb '#E69F00' lw 1.5 fs pattern 4 border lc rgb '#E69F00' title 'pool(2), paper'
unset label; unset key

# Panel: % of 50 neighbours
set border 3 lw 1.2 lc rgb '#888888'
set lmargin at screen 0.0888; set rmargin at screen 0.97
set tmargin at screen 0.816; set bmargin at screen 0.236
unset title
set xlabel 'layer' font type15 textcolor rgb '#222222'
set ylabel '% of 50 neighbours' font type15 textcolor rgb '#222222'
unset logscale; unset colorbox; set tics font type13 textcolor rgb '#222222'
set xtics autofreq nomirror norotate; set ytics autofreq nomirror; unset mxtics; unset mytics
set grid ytics lt 1 lc rgb '#E2E2E2' lw 1; set xrange [*:*] noreverse; set yrange [*:*] noreverse
set yrange [0.0:105.0]
set format y '%g'
set xtics scale 0 ('layer 11' 0, 'layer 16' 1, 'layer 19' 2)
set xrange [-0.6:2.6]
plot 'table3-knn.dat' index 0 using 1:2:(0.1886) with boxes lc rgb '#0072B2' lw 1.5 fs solid 0.92 border lc rgb '#0072B2' notitle, \
  'table3-knn.dat' index 0 using 1:4:5 with labels center offset 0,0.6 font type12 textcolor rgb '#222222' notitle, \
  'table3-knn.dat' index 1 using 1:2:(0.1886) with boxes lc rgb '#0072B2' lw 1.5 fs pattern 4 border lc rgb '#0072B2' notitle, \
  'table3-knn.dat' index 1 using 1:4:5 with labels center offset 0,0.6 font type12 textcolor rgb '#222222' notitle, \
  'table3-knn.dat' index 2 using 1:2:(0.1886) with boxes lc rgb '#E69F00' lw 1.5 fs solid 0.92 border lc rgb '#E69F00' notitle, \
  'table3-knn.dat' index 2 using 1:4:5 with labels center offset 0,0.6 font type12 textcolor rgb '#222222' notitle, \
  'table3-knn.dat' index 3 using 1:2:(0.1886) with boxes lc rgb '#E69F00' lw 1.5 fs pattern 4 border lc rgb '#E69F00' notitle, \
  'table3-knn.dat' index 3 using 1:4:5 with labels center offset 0,0.6 font type12 textcolor rgb '#222222' notitle
unset multiplot
unset output
pass = pass + 1
if (pass == 2) load 'table3-knn.gp'
