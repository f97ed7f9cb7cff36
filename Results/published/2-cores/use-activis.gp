# Neurons of layer 9 of CIFAR10_VGG16 by class, and the images that most excite them
# real data: CIFAR-10, the first 20000 training images (VGG16 pre-trained on 8000 of them)
# use-activis  ·  scale small  ·  commit bc6712a6
# To draw use-activis.png and use-activis.svg again, in this folder: gnuplot use-activis.gp
if (!exists("pass")) pass = 1
if (pass == 1) set terminal pngcairo noenhanced size 1600,1000 font 'DejaVu Sans,15' background '#ffffff'
if (pass == 1) set output 'use-activis.png'
if (pass == 2) set terminal svg noenhanced size 1600,1000 font 'DejaVu Sans,20' background '#ffffff'
if (pass == 2) set output 'use-activis.svg'
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
set label 'Neurons of layer 9 of CIFAR10_VGG16 by class, and the images that most excite them' at screen 0.0275,0.956 left font type21 textcolor rgb '#222222'
set label 'real data: CIFAR-10, the first 20000 training images (VGG16 pre-trained on 8000 of them)' at screen 0.0275,0.912 left font type15 textcolor rgb '#00785A'
set label '2,000 images are logged. Mean activation over a class’s images and a neuron’s map, both on the colour scale of full precision. The neurons shown are' at screen 0.0275,0.152 left font type13 textcolor rgb '#222222'
set label 'those that one class excites most above the mean of all classes; images by the largest activation in the map, the strongest first.' at screen 0.0275,0.124 left font type13 textcolor rgb '#222222'
set label 'Every answer is read from the store; nothing could re-run the network. The view is ActiVis’s (Kahng et al., 2018), named in section 2.' at screen 0.0275,0.096 left font type13 textcolor rgb '#222222'
set label 'The rows are without the images that belong here, which are training images: the experiment, run again, draws them.' at screen 0.0275,0.068 left font type13 textcolor rgb '#222222'
set label 'use-activis  ·  scale small  ·  commit bc6712a6' at screen 0.0275,0.024 left font type11 textcolor rgb '#666666'
plot NaN notitle
unset label; unset key

# Panel: full precision
set border 3 lw 1.2 lc rgb '#888888'
set lmargin at screen 0.0888; set rmargin at screen 0.425
set tmargin at screen 0.836; set bmargin at screen 0.264
set title 'full precision' font type15 textcolor rgb '#222222' offset 0,-0.4
set xlabel 'neuron' font type15 textcolor rgb '#222222'
set ylabel '' font type15 textcolor rgb '#222222'
unset logscale; unset colorbox; set tics font type13 textcolor rgb '#222222'
set xtics autofreq nomirror norotate; set ytics autofreq nomirror; unset mxtics; unset mytics
set grid ytics lt 1 lc rgb '#E2E2E2' lw 1; set xrange [*:*] noreverse; set yrange [*:*] noreverse
unset grid; set border 0; set xtics scale 0.3; set format x '%g'; set format y '%g'
set palette defined (0 '#440154', 1 '#472D7B', 2 '#3B528B', 3 '#2C728E', 4 '#21918C', 5 '#28AE80', 6 '#5EC962', 7 '#ADDC30', 8 '#FDE725'); set cbrange [3.5575347121866886e-05:0.2553374337417797]
set colorbox user origin screen 0.4338,0.264 size screen 0.01,0.572 noborder
set cbtics scale 0.4 font type11; set format cb '%g'
set ytics scale 0 ('airplane' 0, 'automobile' 1, 'bird' 2, 'cat' 3, 'deer' 4, 'dog' 5, 'frog' 6, 'horse' 7, 'ship' 8, 'truck' 9) font type12
set xrange [-0.5:255.5]; set yrange [9.5:-0.5]
plot 'use-activis.dat' index 0 using 1:2:3 with image pixels notitle

# Panel: 8BIT: 0.156 % of cells change visibly
set border 3 lw 1.2 lc rgb '#888888'
set lmargin at screen 0.5763; set rmargin at screen 0.9125
set tmargin at screen 0.836; set bmargin at screen 0.264
set title '8BIT: 0.156 % of cells change visibly' font type15 textcolor rgb '#222222' offset 0,-0.4
set xlabel 'neuron' font type15 textcolor rgb '#222222'
set ylabel '' font type15 textcolor rgb '#222222'
unset logscale; unset colorbox; set tics font type13 textcolor rgb '#222222'
set xtics autofreq nomirror norotate; set ytics autofreq nomirror; unset mxtics; unset mytics
set grid ytics lt 1 lc rgb '#E2E2E2' lw 1; set xrange [*:*] noreverse; set yrange [*:*] noreverse
unset grid; set border 0; set xtics scale 0.3; set format x '%g'; set format y '%g'
set palette defined (0 '#440154', 1 '#472D7B', 2 '#3B528B', 3 '#2C728E', 4 '#21918C', 5 '#28AE80', 6 '#5EC962', 7 '#ADDC30', 8 '#FDE725'); set cbrange [3.5575347121866886e-05:0.2553374337417797]
set colorbox user origin screen 0.9213,0.264 size screen 0.01,0.572 noborder
set cbtics scale 0.4 font type11; set format cb '%g'
set ytics scale 0 ('airplane' 0, 'automobile' 1, 'bird' 2, 'cat' 3, 'deer' 4, 'dog' 5, 'frog' 6, 'horse' 7, 'ship' 8, 'truck' 9) font type12
set xrange [-0.5:255.5]; set yrange [9.5:-0.5]
plot 'use-activis.dat' index 1 using 1:2:3 with image pixels notitle
unset multiplot
unset output
pass = pass + 1
if (pass == 2) load 'use-activis.gp'
