# Mean CCA coefficient of a layer with the logits, CIFAR10_VGG16, 4,000 images
# real data: CIFAR-10, the first 20000 training images (VGG16 pre-trained on 8000 of them)
# table2-svcca  ·  scale small  ·  commit bc6712a6
# To draw table2-svcca.png and table2-svcca.svg again, in this folder: gnuplot table2-svcca.gp
if (!exists("pass")) pass = 1
if (pass == 1) set terminal pngcairo noenhanced size 1600,1250 font 'DejaVu Sans,15' background '#ffffff'
if (pass == 1) set output 'table2-svcca.png'
if (pass == 2) set terminal svg noenhanced size 1600,1250 font 'DejaVu Sans,20' background '#ffffff'
if (pass == 2) set output 'table2-svcca.svg'
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
set label 'Mean CCA coefficient of a layer with the logits, CIFAR10_VGG16, 4,000 images' at screen 0.0275,0.9648 left font type21 textcolor rgb '#222222'
set label 'real data: CIFAR-10, the first 20000 training images (VGG16 pre-trained on 8000 of them)' at screen 0.0275,0.9296 left font type15 textcolor rgb '#00785A'
set label 'SVCCA over 4,000 images, all columns of a layer. Up to 2,873 directions explain 99 % of the variance; nearly as many directions as images fit any' at screen 0.0275,0.0992 left font type13 textcolor rgb '#222222'
set label 'logits, hence the cap below. Hatched: the paper’s table 2, 50,000 images.' at screen 0.0275,0.0768 left font type13 textcolor rgb '#222222'
set label 'VGG16’s convolutions are pre-trained on what the line of the data says, and then frozen: unless it names a file of weights, not on ImageNet.' at screen 0.0275,0.0544 left font type13 textcolor rgb '#222222'
set label 'table2-svcca  ·  scale small  ·  commit bc6712a6' at screen 0.0275,0.0192 left font type11 textcolor rgb '#666666'
set key at screen 0.0275,0.9056 left top horizontal Left reverse maxcols 5 samplen 2.5 width 1 height 0.2 font type15 textcolor rgb '#222222'
plot NaN notitle, \
  keyentry with boxes lc rgb '#0072B2' lw 1.5 fs solid 0.92 border lc rgb '#0072B2' title 'full', \
  keyentry with boxes lc rgb '#0072B2' lw 1.5 fs pattern 4 border lc rgb '#0072B2' title 'full, paper', \
  keyentry with boxes lc rgb '#E69F00' lw 1.5 fs solid 0.92 border lc rgb '#E69F00' title '8BIT', \
  keyentry with boxes lc rgb '#E69F00' lw 1.5 fs pattern 4 border lc rgb '#E69F00' title '8BIT, paper', \
  keyentry with boxes lc rgb '#009E73' lw 1.5 fs solid 0.92 border lc rgb '#009E73' title 'pool(2)', \
  keyentry with boxes lc rgb '#009E73' lw 1.5 fs pattern 4 border lc rgb '#009E73' title 'pool(2), paper'
unset label; unset key

# Panel: as in the paper: all directions that explain 99 % of the variance
set border 3 lw 1.2 lc rgb '#888888'
set lmargin at screen 0.0888; set rmargin at screen 0.97
set tmargin at screen 0.8016; set bmargin at screen 0.5488
set title 'as in the paper: all directions that explain 99 % of the variance' font type15 textcolor rgb '#222222' offset 0,-0.4
set xlabel 'layer' font type15 textcolor rgb '#222222'
set ylabel 'mean CCA coefficient' font type15 textcolor rgb '#222222'
unset logscale; unset colorbox; set tics font type13 textcolor rgb '#222222'
set xtics autofreq nomirror norotate; set ytics autofreq nomirror; unset mxtics; unset mytics
set grid ytics lt 1 lc rgb '#E2E2E2' lw 1; set xrange [*:*] noreverse; set yrange [*:*] noreverse
set yrange [0.0:1.4]
set format y '%g'
set xtics scale 0 ('layer 6' 0, 'layer 11' 1, 'layer 16' 2, 'layer 19' 3)
set xrange [-0.6:3.6]
plot 'table2-svcca.dat' index 0 using 1:2:(0.1257) with boxes lc rgb '#0072B2' lw 1.5 fs solid 0.92 border lc rgb '#0072B2' notitle, \
  'table2-svcca.dat' index 0 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'table2-svcca.dat' index 1 using 1:2:(0.1257) with boxes lc rgb '#0072B2' lw 1.5 fs pattern 4 border lc rgb '#0072B2' notitle, \
  'table2-svcca.dat' index 1 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'table2-svcca.dat' index 2 using 1:2:(0.1257) with boxes lc rgb '#E69F00' lw 1.5 fs solid 0.92 border lc rgb '#E69F00' notitle, \
  'table2-svcca.dat' index 2 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'table2-svcca.dat' index 3 using 1:2:(0.1257) with boxes lc rgb '#E69F00' lw 1.5 fs pattern 4 border lc rgb '#E69F00' notitle, \
  'table2-svcca.dat' index 3 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'table2-svcca.dat' index 4 using 1:2:(0.1257) with boxes lc rgb '#009E73' lw 1.5 fs solid 0.92 border lc rgb '#009E73' notitle, \
  'table2-svcca.dat' index 4 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'table2-svcca.dat' index 5 using 1:2:(0.1257) with boxes lc rgb '#009E73' lw 1.5 fs pattern 4 border lc rgb '#009E73' notitle, \
  'table2-svcca.dat' index 5 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle

# Panel: at most one of them for 20 images
set border 3 lw 1.2 lc rgb '#888888'
set lmargin at screen 0.0888; set rmargin at screen 0.97
set tmargin at screen 0.4416; set bmargin at screen 0.1888
set title 'at most one of them for 20 images' font type15 textcolor rgb '#222222' offset 0,-0.4
set xlabel 'layer' font type15 textcolor rgb '#222222'
set ylabel 'mean CCA coefficient' font type15 textcolor rgb '#222222'
unset logscale; unset colorbox; set tics font type13 textcolor rgb '#222222'
set xtics autofreq nomirror norotate; set ytics autofreq nomirror; unset mxtics; unset mytics
set grid ytics lt 1 lc rgb '#E2E2E2' lw 1; set xrange [*:*] noreverse; set yrange [*:*] noreverse
set yrange [0.0:1.4]
set format y '%g'
set xtics scale 0 ('layer 6' 0, 'layer 11' 1, 'layer 16' 2, 'layer 19' 3)
set xrange [-0.6:3.6]
plot 'table2-svcca.dat' index 6 using 1:2:(0.1257) with boxes lc rgb '#0072B2' lw 1.5 fs solid 0.92 border lc rgb '#0072B2' notitle, \
  'table2-svcca.dat' index 6 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'table2-svcca.dat' index 7 using 1:2:(0.1257) with boxes lc rgb '#0072B2' lw 1.5 fs pattern 4 border lc rgb '#0072B2' notitle, \
  'table2-svcca.dat' index 7 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'table2-svcca.dat' index 8 using 1:2:(0.1257) with boxes lc rgb '#E69F00' lw 1.5 fs solid 0.92 border lc rgb '#E69F00' notitle, \
  'table2-svcca.dat' index 8 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'table2-svcca.dat' index 9 using 1:2:(0.1257) with boxes lc rgb '#E69F00' lw 1.5 fs pattern 4 border lc rgb '#E69F00' notitle, \
  'table2-svcca.dat' index 9 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'table2-svcca.dat' index 10 using 1:2:(0.1257) with boxes lc rgb '#009E73' lw 1.5 fs solid 0.92 border lc rgb '#009E73' notitle, \
  'table2-svcca.dat' index 10 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'table2-svcca.dat' index 11 using 1:2:(0.1257) with boxes lc rgb '#009E73' lw 1.5 fs pattern 4 border lc rgb '#009E73' notitle, \
  'table2-svcca.dat' index 11 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle
unset multiplot
unset output
pass = pass + 1
if (pass == 2) load 'table2-svcca.gp'
