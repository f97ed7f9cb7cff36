# Reading a layer of CIFAR10_VGG16 under each scheme, 2,000 images
# real data: CIFAR-10, the first 20000 training images (VGG16 pre-trained on 8000 of them)
# fig7b-read-cost  ·  scale small  ·  commit bc6712a6
# To draw fig7b-read-cost.png and fig7b-read-cost.svg again, in this folder: gnuplot fig7b-read-cost.gp
if (!exists("pass")) pass = 1
if (pass == 1) set terminal pngcairo noenhanced size 1600,1342 font 'DejaVu Sans,15' background '#ffffff'
if (pass == 1) set output 'fig7b-read-cost.png'
if (pass == 2) set terminal svg noenhanced size 1600,1342 font 'DejaVu Sans,20' background '#ffffff'
if (pass == 2) set output 'fig7b-read-cost.svg'
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
set label 'Reading a layer of CIFAR10_VGG16 under each scheme, 2,000 images' at screen 0.0275,0.9672 left font type21 textcolor rgb '#222222'
set label 'real data: CIFAR-10, the first 20000 training images (VGG16 pre-trained on 8000 of them)' at screen 0.0275,0.9344 left font type15 textcolor rgb '#00785A'
set label 'Medians, whole layers of 2,000 images. Warm: files open and in the page cache. Cold: neither, nor anything of the store in memory.' at screen 0.0275,0.1341 left font type13 textcolor rgb '#222222'
set label 'pool(2) is the paper’s default scheme, which its figures 5b to 5d and 8 read. Hatched: the paper’s own times (figure 7b), 50,000 images on another' at screen 0.0275,0.1133 left font type13 textcolor rgb '#222222'
set label 'machine; it does not say whether they are warm.' at screen 0.0275,0.0924 left font type13 textcolor rgb '#222222'
set label 'Beyond the paper: BOUND, no value off by more than a fifth of the layer’s root mean square, and a ladder, which is exact and has such a base.' at screen 0.0275,0.0715 left font type13 textcolor rgb '#222222'
set label 'VGG16’s convolutions are pre-trained on what the line of the data says, and then frozen: unless it names a file of weights, not on ImageNet.' at screen 0.0275,0.0507 left font type13 textcolor rgb '#222222'
set label 'fig7b-read-cost  ·  scale small  ·  commit bc6712a6' at screen 0.0275,0.0179 left font type11 textcolor rgb '#666666'
set key at screen 0.0275,0.9121 left top horizontal Left reverse maxcols 5 samplen 2.5 width 1 height 0.2 font type15 textcolor rgb '#222222'
plot NaN notitle, \
  keyentry with boxes lc rgb '#0072B2' lw 1.5 fs solid 0.92 border lc rgb '#0072B2' title 'full', \
  keyentry with boxes lc rgb '#E69F00' lw 1.5 fs solid 0.92 border lc rgb '#E69F00' title 'LP', \
  keyentry with boxes lc rgb '#E69F00' lw 1.5 fs pattern 4 border lc rgb '#E69F00' title 'LP, paper', \
  keyentry with boxes lc rgb '#009E73' lw 1.5 fs solid 0.92 border lc rgb '#009E73' title '8BIT', \
  keyentry with boxes lc rgb '#009E73' lw 1.5 fs pattern 4 border lc rgb '#009E73' title '8BIT, paper', \
  keyentry with boxes lc rgb '#CC79A7' lw 1.5 fs solid 0.92 border lc rgb '#CC79A7' title 'pool(2)', \
  keyentry with boxes lc rgb '#CC79A7' lw 1.5 fs pattern 4 border lc rgb '#CC79A7' title 'pool(2), paper', \
  keyentry with boxes lc rgb '#56B4E9' lw 1.5 fs solid 0.92 border lc rgb '#56B4E9' title 'pool(S)', \
  keyentry with boxes lc rgb '#56B4E9' lw 1.5 fs pattern 4 border lc rgb '#56B4E9' title 'pool(S), paper', \
  keyentry with boxes lc rgb '#D55E00' lw 1.5 fs solid 0.92 border lc rgb '#D55E00' title 'BOUND(0.2 rms)', \
  keyentry with boxes lc rgb '#555555' lw 1.5 fs solid 0.92 border lc rgb '#555555' title 'ladder, exact', \
  keyentry with boxes lc rgb '#8C6D1F' lw 1.5 fs solid 0.92 border lc rgb '#8C6D1F' title 'ladder, base'
unset label; unset key

# Panel: warm
set border 3 lw 1.2 lc rgb '#888888'
set lmargin at screen 0.0888; set rmargin at screen 0.97
set tmargin at screen 0.7884; set bmargin at screen 0.5529
set title 'warm' font type15 textcolor rgb '#222222' offset 0,-0.4
set xlabel 'layer' font type15 textcolor rgb '#222222'
set ylabel 'µs per image' font type15 textcolor rgb '#222222'
unset logscale; unset colorbox; set tics font type13 textcolor rgb '#222222'
set xtics autofreq nomirror norotate; set ytics autofreq nomirror; unset mxtics; unset mytics
set grid ytics lt 1 lc rgb '#E2E2E2' lw 1; set xrange [*:*] noreverse; set yrange [*:*] noreverse
set yrange [0.01:32969.72388994829]
set logscale y 10; set mytics 10
set format y '%g'
set xtics scale 0 ('layer 1' 0, 'layer 6' 1, 'layer 11' 2, 'layer 16' 3, 'layer 21' 4)
set xrange [-0.6:4.6]
plot 'fig7b-read-cost.dat' index 0 using 1:2:(0.0629) with boxes lc rgb '#0072B2' lw 1.5 fs solid 0.92 border lc rgb '#0072B2' notitle, \
  'fig7b-read-cost.dat' index 0 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'fig7b-read-cost.dat' index 1 using 1:2:(0.0629) with boxes lc rgb '#E69F00' lw 1.5 fs solid 0.92 border lc rgb '#E69F00' notitle, \
  'fig7b-read-cost.dat' index 1 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'fig7b-read-cost.dat' index 2 using 1:2:(0.0629) with boxes lc rgb '#E69F00' lw 1.5 fs pattern 4 border lc rgb '#E69F00' notitle, \
  'fig7b-read-cost.dat' index 2 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'fig7b-read-cost.dat' index 3 using 1:2:(0.0629) with boxes lc rgb '#009E73' lw 1.5 fs solid 0.92 border lc rgb '#009E73' notitle, \
  'fig7b-read-cost.dat' index 3 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'fig7b-read-cost.dat' index 4 using 1:2:(0.0629) with boxes lc rgb '#009E73' lw 1.5 fs pattern 4 border lc rgb '#009E73' notitle, \
  'fig7b-read-cost.dat' index 4 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'fig7b-read-cost.dat' index 5 using 1:2:(0.0629) with boxes lc rgb '#CC79A7' lw 1.5 fs solid 0.92 border lc rgb '#CC79A7' notitle, \
  'fig7b-read-cost.dat' index 5 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'fig7b-read-cost.dat' index 6 using 1:2:(0.0629) with boxes lc rgb '#CC79A7' lw 1.5 fs pattern 4 border lc rgb '#CC79A7' notitle, \
  'fig7b-read-cost.dat' index 6 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'fig7b-read-cost.dat' index 7 using 1:2:(0.0629) with boxes lc rgb '#56B4E9' lw 1.5 fs solid 0.92 border lc rgb '#56B4E9' notitle, \
  'fig7b-read-cost.dat' index 7 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'fig7b-read-cost.dat' index 8 using 1:2:(0.0629) with boxes lc rgb '#56B4E9' lw 1.5 fs pattern 4 border lc rgb '#56B4E9' notitle, \
  'fig7b-read-cost.dat' index 8 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'fig7b-read-cost.dat' index 9 using 1:2:(0.0629) with boxes lc rgb '#D55E00' lw 1.5 fs solid 0.92 border lc rgb '#D55E00' notitle, \
  'fig7b-read-cost.dat' index 9 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'fig7b-read-cost.dat' index 10 using 1:2:(0.0629) with boxes lc rgb '#555555' lw 1.5 fs solid 0.92 border lc rgb '#555555' notitle, \
  'fig7b-read-cost.dat' index 10 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'fig7b-read-cost.dat' index 11 using 1:2:(0.0629) with boxes lc rgb '#8C6D1F' lw 1.5 fs solid 0.92 border lc rgb '#8C6D1F' notitle, \
  'fig7b-read-cost.dat' index 11 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle

# Panel: cold
set border 3 lw 1.2 lc rgb '#888888'
set lmargin at screen 0.0888; set rmargin at screen 0.97
set tmargin at screen 0.4531; set bmargin at screen 0.2176
set title 'cold' font type15 textcolor rgb '#222222' offset 0,-0.4
set xlabel 'layer' font type15 textcolor rgb '#222222'
set ylabel 'µs per image' font type15 textcolor rgb '#222222'
unset logscale; unset colorbox; set tics font type13 textcolor rgb '#222222'
set xtics autofreq nomirror norotate; set ytics autofreq nomirror; unset mxtics; unset mytics
set grid ytics lt 1 lc rgb '#E2E2E2' lw 1; set xrange [*:*] noreverse; set yrange [*:*] noreverse
set yrange [0.1:17432.016701151944]
set logscale y 10; set mytics 10
set format y '%g'
set xtics scale 0 ('layer 1' 0, 'layer 6' 1, 'layer 11' 2, 'layer 16' 3, 'layer 21' 4)
set xrange [-0.6:4.6]
plot 'fig7b-read-cost.dat' index 12 using 1:2:(0.0629) with boxes lc rgb '#0072B2' lw 1.5 fs solid 0.92 border lc rgb '#0072B2' notitle, \
  'fig7b-read-cost.dat' index 12 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'fig7b-read-cost.dat' index 13 using 1:2:(0.0629) with boxes lc rgb '#E69F00' lw 1.5 fs solid 0.92 border lc rgb '#E69F00' notitle, \
  'fig7b-read-cost.dat' index 13 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'fig7b-read-cost.dat' index 14 using 1:2:(0.0629) with boxes lc rgb '#E69F00' lw 1.5 fs pattern 4 border lc rgb '#E69F00' notitle, \
  'fig7b-read-cost.dat' index 14 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'fig7b-read-cost.dat' index 15 using 1:2:(0.0629) with boxes lc rgb '#009E73' lw 1.5 fs solid 0.92 border lc rgb '#009E73' notitle, \
  'fig7b-read-cost.dat' index 15 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'fig7b-read-cost.dat' index 16 using 1:2:(0.0629) with boxes lc rgb '#009E73' lw 1.5 fs pattern 4 border lc rgb '#009E73' notitle, \
  'fig7b-read-cost.dat' index 16 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'fig7b-read-cost.dat' index 17 using 1:2:(0.0629) with boxes lc rgb '#CC79A7' lw 1.5 fs solid 0.92 border lc rgb '#CC79A7' notitle, \
  'fig7b-read-cost.dat' index 17 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'fig7b-read-cost.dat' index 18 using 1:2:(0.0629) with boxes lc rgb '#CC79A7' lw 1.5 fs pattern 4 border lc rgb '#CC79A7' notitle, \
  'fig7b-read-cost.dat' index 18 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'fig7b-read-cost.dat' index 19 using 1:2:(0.0629) with boxes lc rgb '#56B4E9' lw 1.5 fs solid 0.92 border lc rgb '#56B4E9' notitle, \
  'fig7b-read-cost.dat' index 19 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'fig7b-read-cost.dat' index 20 using 1:2:(0.0629) with boxes lc rgb '#56B4E9' lw 1.5 fs pattern 4 border lc rgb '#56B4E9' notitle, \
  'fig7b-read-cost.dat' index 20 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'fig7b-read-cost.dat' index 21 using 1:2:(0.0629) with boxes lc rgb '#D55E00' lw 1.5 fs solid 0.92 border lc rgb '#D55E00' notitle, \
  'fig7b-read-cost.dat' index 21 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'fig7b-read-cost.dat' index 22 using 1:2:(0.0629) with boxes lc rgb '#555555' lw 1.5 fs solid 0.92 border lc rgb '#555555' notitle, \
  'fig7b-read-cost.dat' index 22 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'fig7b-read-cost.dat' index 23 using 1:2:(0.0629) with boxes lc rgb '#8C6D1F' lw 1.5 fs solid 0.92 border lc rgb '#8C6D1F' notitle, \
  'fig7b-read-cost.dat' index 23 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle
unset multiplot
unset output
pass = pass + 1
if (pass == 2) load 'fig7b-read-cost.gp'
