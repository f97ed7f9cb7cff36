# Which colour each neuron of layer 9 of CIFAR10_VGG16 detects
# real data: CIFAR-10, the first 20000 training images (VGG16 pre-trained on 8000 of them)
# use-netdissect  ·  scale small  ·  commit bc6712a6
# To draw use-netdissect.png and use-netdissect.svg again, in this folder: gnuplot use-netdissect.gp
if (!exists("pass")) pass = 1
if (pass == 1) set terminal pngcairo noenhanced size 1600,1042 font 'DejaVu Sans,15' background '#ffffff'
if (pass == 1) set output 'use-netdissect.png'
if (pass == 2) set terminal svg noenhanced size 1600,1042 font 'DejaVu Sans,20' background '#ffffff'
if (pass == 2) set output 'use-netdissect.svg'
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
set label 'Which colour each neuron of layer 9 of CIFAR10_VGG16 detects' at screen 0.0275,0.9578 left font type21 textcolor rgb '#222222'
set label 'real data: CIFAR-10, the first 20000 training images (VGG16 pre-trained on 8000 of them)' at screen 0.0275,0.9155 left font type15 textcolor rgb '#00785A'
set label 'Intersection over union of a neuron’s active cells (above its 99.5 % quantile) and a colour’s pixels, over all 2,000 images, each cell of a map' at screen 0.0275,0.1727 left font type13 textcolor rgb '#222222'
set label 'standing for the pixels it covers. The 24 neurons with the largest IoU in full precision. A neuron differs when its best colour is another one than' at screen 0.0275,0.1459 left font type13 textcolor rgb '#222222'
set label 'in full precision. The pictures: images with most active cells, dark where the neuron is not active.' at screen 0.0275,0.119 left font type13 textcolor rgb '#222222'
set label 'NETDISSECT is Bau et al.’s (CVPR 2017), named in section 2. Colours by hue, saturation and brightness take the place of their labelled concepts.' at screen 0.0275,0.0921 left font type13 textcolor rgb '#222222'
set label 'The rows are without the images that belong here, which are training images: the experiment, run again, draws them.' at screen 0.0275,0.0653 left font type13 textcolor rgb '#222222'
set label 'use-netdissect  ·  scale small  ·  commit bc6712a6' at screen 0.0275,0.023 left font type11 textcolor rgb '#666666'
plot NaN notitle
unset label; unset key

# Panel: full precision: IoU
set border 3 lw 1.2 lc rgb '#888888'
set lmargin at screen 0.0888; set rmargin at screen 0.425
set tmargin at screen 0.8426; set bmargin at screen 0.6084
set title 'full precision: IoU' font type15 textcolor rgb '#222222' offset 0,-0.4
set xlabel '' font type15 textcolor rgb '#222222'
set ylabel '' font type15 textcolor rgb '#222222'
unset logscale; unset colorbox; set tics font type13 textcolor rgb '#222222'
set xtics autofreq nomirror norotate; set ytics autofreq nomirror; unset mxtics; unset mytics
set grid ytics lt 1 lc rgb '#E2E2E2' lw 1; set xrange [*:*] noreverse; set yrange [*:*] noreverse
unset grid; set border 0; set xtics scale 0.3; set format x '%g'; set format y '%g'
set palette defined (0 '#440154', 1 '#472D7B', 2 '#3B528B', 3 '#2C728E', 4 '#21918C', 5 '#28AE80', 6 '#5EC962', 7 '#ADDC30', 8 '#FDE725'); set cbrange [0.0:0.05452279271097026]
set colorbox user origin screen 0.4338,0.6084 size screen 0.01,0.2342 noborder
set cbtics scale 0.4 font type11; set format cb '%g'
set ytics scale 0 ('dark' 0, 'grey' 1, 'white' 2, 'red' 3, 'orange' 4, 'yellow' 5, 'green' 6, 'cyan' 7, 'blue' 8, 'purple' 9) font type12
set xtics scale 0 ('n134' 0, 'n212' 1, 'n117' 2, 'n193' 3, 'n63' 4, 'n62' 5, 'n69' 6, 'n195' 7, 'n249' 8, 'n113' 9, 'n56' 10, 'n246' 11, 'n87' 12, 'n233' 13, 'n115' 14, 'n152' 15, 'n74' 16, 'n125' 17, 'n167' 18, 'n50' 19, 'n1' 20, 'n112' 21, 'n77' 22, 'n223' 23) font type9 rotate by 25 right
set xrange [-0.5:23.5]; set yrange [9.5:-0.5]
plot 'use-netdissect.dat' index 0 using 1:2:3 with image pixels notitle

# Panel: bits, a threshold per neuron: 8 of 256 neurons differ
set border 3 lw 1.2 lc rgb '#888888'
set lmargin at screen 0.5763; set rmargin at screen 0.9125
set tmargin at screen 0.8426; set bmargin at screen 0.6084
set title 'bits, a threshold per neuron: 8 of 256 neurons differ' font type15 textcolor rgb '#222222' offset 0,-0.4
set xlabel '' font type15 textcolor rgb '#222222'
set ylabel '' font type15 textcolor rgb '#222222'
unset logscale; unset colorbox; set tics font type13 textcolor rgb '#222222'
set xtics autofreq nomirror norotate; set ytics autofreq nomirror; unset mxtics; unset mytics
set grid ytics lt 1 lc rgb '#E2E2E2' lw 1; set xrange [*:*] noreverse; set yrange [*:*] noreverse
unset grid; set border 0; set xtics scale 0.3; set format x '%g'; set format y '%g'
set palette defined (0 '#440154', 1 '#472D7B', 2 '#3B528B', 3 '#2C728E', 4 '#21918C', 5 '#28AE80', 6 '#5EC962', 7 '#ADDC30', 8 '#FDE725'); set cbrange [0.0:0.05452279271097026]
set colorbox user origin screen 0.9213,0.6084 size screen 0.01,0.2342 noborder
set cbtics scale 0.4 font type11; set format cb '%g'
set ytics scale 0 ('dark' 0, 'grey' 1, 'white' 2, 'red' 3, 'orange' 4, 'yellow' 5, 'green' 6, 'cyan' 7, 'blue' 8, 'purple' 9) font type12
set xtics scale 0 ('n134' 0, 'n212' 1, 'n117' 2, 'n193' 3, 'n63' 4, 'n62' 5, 'n69' 6, 'n195' 7, 'n249' 8, 'n113' 9, 'n56' 10, 'n246' 11, 'n87' 12, 'n233' 13, 'n115' 14, 'n152' 15, 'n74' 16, 'n125' 17, 'n167' 18, 'n50' 19, 'n1' 20, 'n112' 21, 'n77' 22, 'n223' 23) font type9 rotate by 25 right
set xrange [-0.5:23.5]; set yrange [9.5:-0.5]
plot 'use-netdissect.dat' index 1 using 1:2:3 with image pixels notitle

# Panel: bits, one threshold for the layer: 69 of 256 neurons differ
set border 3 lw 1.2 lc rgb '#888888'
set lmargin at screen 0.0888; set rmargin at screen 0.425
set tmargin at screen 0.4971; set bmargin at screen 0.263
set title 'bits, one threshold for the layer: 69 of 256 neurons differ' font type15 textcolor rgb '#222222' offset 0,-0.4
set xlabel '' font type15 textcolor rgb '#222222'
set ylabel '' font type15 textcolor rgb '#222222'
unset logscale; unset colorbox; set tics font type13 textcolor rgb '#222222'
set xtics autofreq nomirror norotate; set ytics autofreq nomirror; unset mxtics; unset mytics
set grid ytics lt 1 lc rgb '#E2E2E2' lw 1; set xrange [*:*] noreverse; set yrange [*:*] noreverse
unset grid; set border 0; set xtics scale 0.3; set format x '%g'; set format y '%g'
set palette defined (0 '#440154', 1 '#472D7B', 2 '#3B528B', 3 '#2C728E', 4 '#21918C', 5 '#28AE80', 6 '#5EC962', 7 '#ADDC30', 8 '#FDE725'); set cbrange [0.0:0.05452279271097026]
set colorbox user origin screen 0.4338,0.263 size screen 0.01,0.2342 noborder
set cbtics scale 0.4 font type11; set format cb '%g'
set ytics scale 0 ('dark' 0, 'grey' 1, 'white' 2, 'red' 3, 'orange' 4, 'yellow' 5, 'green' 6, 'cyan' 7, 'blue' 8, 'purple' 9) font type12
set xtics scale 0 ('n134' 0, 'n212' 1, 'n117' 2, 'n193' 3, 'n63' 4, 'n62' 5, 'n69' 6, 'n195' 7, 'n249' 8, 'n113' 9, 'n56' 10, 'n246' 11, 'n87' 12, 'n233' 13, 'n115' 14, 'n152' 15, 'n74' 16, 'n125' 17, 'n167' 18, 'n50' 19, 'n1' 20, 'n112' 21, 'n77' 22, 'n223' 23) font type9 rotate by 25 right
set xrange [-0.5:23.5]; set yrange [9.5:-0.5]
plot 'use-netdissect.dat' index 2 using 1:2:3 with image pixels notitle
unset multiplot
unset output
pass = pass + 1
if (pass == 2) load 'use-netdissect.gp'
