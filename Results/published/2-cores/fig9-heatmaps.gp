# Mean activation of each neuron of layer 9 for each class, CIFAR10_VGG16, 2,000 images
# real data: CIFAR-10, the first 20000 training images (VGG16 pre-trained on 8000 of them)
# fig9-heatmaps  ·  scale small  ·  commit bc6712a6
# To draw fig9-heatmaps.png and fig9-heatmaps.svg again, in this folder: gnuplot fig9-heatmaps.gp
if (!exists("pass")) pass = 1
if (pass == 1) set terminal pngcairo noenhanced size 1600,1734 font 'DejaVu Sans,15' background '#ffffff'
if (pass == 1) set output 'fig9-heatmaps.png'
if (pass == 2) set terminal svg noenhanced size 1600,1734 font 'DejaVu Sans,20' background '#ffffff'
if (pass == 2) set output 'fig9-heatmaps.svg'
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
set label 'Mean activation of each neuron of layer 9 for each class, CIFAR10_VGG16, 2,000 images' at screen 0.0275,0.9746 left font type21 textcolor rgb '#222222'
set label 'real data: CIFAR-10, the first 20000 training images (VGG16 pre-trained on 8000 of them)' at screen 0.0275,0.9493 left font type15 textcolor rgb '#00785A'
set label 'Means over 2,000 images, all on the colour scale of full precision. A cell changes visibly when its colour moves by more than a just noticeable' at screen 0.0275,0.0877 left font type13 textcolor rgb '#222222'
set label 'difference (2.3 in CIELAB). The paper (figure 9): LP, 8BIT and pooling look the same; KBIT(3) and THRESHOLD (99.5 %) differ. Under pool(2) they' at screen 0.0275,0.0715 left font type13 textcolor rgb '#222222'
set label 'must: a cell is the mean of a map, which pooling by means leaves as it is. BOUND is beyond the paper.' at screen 0.0275,0.0554 left font type13 textcolor rgb '#222222'
set label 'VGG16’s convolutions are pre-trained on what the line of the data says, and then frozen: unless it names a file of weights, not on ImageNet.' at screen 0.0275,0.0392 left font type13 textcolor rgb '#222222'
set label 'fig9-heatmaps  ·  scale small  ·  commit bc6712a6' at screen 0.0275,0.0138 left font type11 textcolor rgb '#666666'
plot NaN notitle
unset label; unset key

# Panel: full precision
set border 3 lw 1.2 lc rgb '#888888'
set lmargin at screen 0.0888; set rmargin at screen 0.425
set tmargin at screen 0.9054; set bmargin at screen 0.7751
set title 'full precision' font type15 textcolor rgb '#222222' offset 0,-0.4
set xlabel 'neuron of layer 9' font type15 textcolor rgb '#222222'
set ylabel '' font type15 textcolor rgb '#222222'
unset logscale; unset colorbox; set tics font type13 textcolor rgb '#222222'
set xtics autofreq nomirror norotate; set ytics autofreq nomirror; unset mxtics; unset mytics
set grid ytics lt 1 lc rgb '#E2E2E2' lw 1; set xrange [*:*] noreverse; set yrange [*:*] noreverse
unset grid; set border 0; set xtics scale 0.3; set format x '%g'; set format y '%g'
set palette defined (0 '#440154', 1 '#472D7B', 2 '#3B528B', 3 '#2C728E', 4 '#21918C', 5 '#28AE80', 6 '#5EC962', 7 '#ADDC30', 8 '#FDE725'); set cbrange [3.5575347121866886e-05:0.2553374337417797]
set colorbox user origin screen 0.4338,0.7751 size screen 0.01,0.1303 noborder
set cbtics scale 0.4 font type11; set format cb '%g'
set ytics scale 0 ('airplane' 0, 'automobile' 1, 'bird' 2, 'cat' 3, 'deer' 4, 'dog' 5, 'frog' 6, 'horse' 7, 'ship' 8, 'truck' 9) font type12
set xrange [-0.5:255.5]; set yrange [9.5:-0.5]
plot 'fig9-heatmaps.dat' index 0 using 1:2:3 with image pixels notitle

# Panel: LP: 0 % of cells change visibly
set border 3 lw 1.2 lc rgb '#888888'
set lmargin at screen 0.5763; set rmargin at screen 0.9125
set tmargin at screen 0.9054; set bmargin at screen 0.7751
set title 'LP: 0 % of cells change visibly' font type15 textcolor rgb '#222222' offset 0,-0.4
set xlabel 'neuron of layer 9' font type15 textcolor rgb '#222222'
set ylabel '' font type15 textcolor rgb '#222222'
unset logscale; unset colorbox; set tics font type13 textcolor rgb '#222222'
set xtics autofreq nomirror norotate; set ytics autofreq nomirror; unset mxtics; unset mytics
set grid ytics lt 1 lc rgb '#E2E2E2' lw 1; set xrange [*:*] noreverse; set yrange [*:*] noreverse
unset grid; set border 0; set xtics scale 0.3; set format x '%g'; set format y '%g'
set palette defined (0 '#440154', 1 '#472D7B', 2 '#3B528B', 3 '#2C728E', 4 '#21918C', 5 '#28AE80', 6 '#5EC962', 7 '#ADDC30', 8 '#FDE725'); set cbrange [3.5575347121866886e-05:0.2553374337417797]
set colorbox user origin screen 0.9213,0.7751 size screen 0.01,0.1303 noborder
set cbtics scale 0.4 font type11; set format cb '%g'
set ytics scale 0 ('airplane' 0, 'automobile' 1, 'bird' 2, 'cat' 3, 'deer' 4, 'dog' 5, 'frog' 6, 'horse' 7, 'ship' 8, 'truck' 9) font type12
set xrange [-0.5:255.5]; set yrange [9.5:-0.5]
plot 'fig9-heatmaps.dat' index 1 using 1:2:3 with image pixels notitle

# Panel: 8BIT: 0.156 % of cells change visibly
set border 3 lw 1.2 lc rgb '#888888'
set lmargin at screen 0.0888; set rmargin at screen 0.425
set tmargin at screen 0.6978; set bmargin at screen 0.5675
set title '8BIT: 0.156 % of cells change visibly' font type15 textcolor rgb '#222222' offset 0,-0.4
set xlabel 'neuron of layer 9' font type15 textcolor rgb '#222222'
set ylabel '' font type15 textcolor rgb '#222222'
unset logscale; unset colorbox; set tics font type13 textcolor rgb '#222222'
set xtics autofreq nomirror norotate; set ytics autofreq nomirror; unset mxtics; unset mytics
set grid ytics lt 1 lc rgb '#E2E2E2' lw 1; set xrange [*:*] noreverse; set yrange [*:*] noreverse
unset grid; set border 0; set xtics scale 0.3; set format x '%g'; set format y '%g'
set palette defined (0 '#440154', 1 '#472D7B', 2 '#3B528B', 3 '#2C728E', 4 '#21918C', 5 '#28AE80', 6 '#5EC962', 7 '#ADDC30', 8 '#FDE725'); set cbrange [3.5575347121866886e-05:0.2553374337417797]
set colorbox user origin screen 0.4338,0.5675 size screen 0.01,0.1303 noborder
set cbtics scale 0.4 font type11; set format cb '%g'
set ytics scale 0 ('airplane' 0, 'automobile' 1, 'bird' 2, 'cat' 3, 'deer' 4, 'dog' 5, 'frog' 6, 'horse' 7, 'ship' 8, 'truck' 9) font type12
set xrange [-0.5:255.5]; set yrange [9.5:-0.5]
plot 'fig9-heatmaps.dat' index 2 using 1:2:3 with image pixels notitle

# Panel: pool(2): 0 % of cells change visibly
set border 3 lw 1.2 lc rgb '#888888'
set lmargin at screen 0.5763; set rmargin at screen 0.9125
set tmargin at screen 0.6978; set bmargin at screen 0.5675
set title 'pool(2): 0 % of cells change visibly' font type15 textcolor rgb '#222222' offset 0,-0.4
set xlabel 'neuron of layer 9' font type15 textcolor rgb '#222222'
set ylabel '' font type15 textcolor rgb '#222222'
unset logscale; unset colorbox; set tics font type13 textcolor rgb '#222222'
set xtics autofreq nomirror norotate; set ytics autofreq nomirror; unset mxtics; unset mytics
set grid ytics lt 1 lc rgb '#E2E2E2' lw 1; set xrange [*:*] noreverse; set yrange [*:*] noreverse
unset grid; set border 0; set xtics scale 0.3; set format x '%g'; set format y '%g'
set palette defined (0 '#440154', 1 '#472D7B', 2 '#3B528B', 3 '#2C728E', 4 '#21918C', 5 '#28AE80', 6 '#5EC962', 7 '#ADDC30', 8 '#FDE725'); set cbrange [3.5575347121866886e-05:0.2553374337417797]
set colorbox user origin screen 0.9213,0.5675 size screen 0.01,0.1303 noborder
set cbtics scale 0.4 font type11; set format cb '%g'
set ytics scale 0 ('airplane' 0, 'automobile' 1, 'bird' 2, 'cat' 3, 'deer' 4, 'dog' 5, 'frog' 6, 'horse' 7, 'ship' 8, 'truck' 9) font type12
set xrange [-0.5:255.5]; set yrange [9.5:-0.5]
plot 'fig9-heatmaps.dat' index 3 using 1:2:3 with image pixels notitle

# Panel: KBIT(3): 5.86 % of cells change visibly
set border 3 lw 1.2 lc rgb '#888888'
set lmargin at screen 0.0888; set rmargin at screen 0.425
set tmargin at screen 0.4902; set bmargin at screen 0.3599
set title 'KBIT(3): 5.86 % of cells change visibly' font type15 textcolor rgb '#222222' offset 0,-0.4
set xlabel 'neuron of layer 9' font type15 textcolor rgb '#222222'
set ylabel '' font type15 textcolor rgb '#222222'
unset logscale; unset colorbox; set tics font type13 textcolor rgb '#222222'
set xtics autofreq nomirror norotate; set ytics autofreq nomirror; unset mxtics; unset mytics
set grid ytics lt 1 lc rgb '#E2E2E2' lw 1; set xrange [*:*] noreverse; set yrange [*:*] noreverse
unset grid; set border 0; set xtics scale 0.3; set format x '%g'; set format y '%g'
set palette defined (0 '#440154', 1 '#472D7B', 2 '#3B528B', 3 '#2C728E', 4 '#21918C', 5 '#28AE80', 6 '#5EC962', 7 '#ADDC30', 8 '#FDE725'); set cbrange [3.5575347121866886e-05:0.2553374337417797]
set colorbox user origin screen 0.4338,0.3599 size screen 0.01,0.1303 noborder
set cbtics scale 0.4 font type11; set format cb '%g'
set ytics scale 0 ('airplane' 0, 'automobile' 1, 'bird' 2, 'cat' 3, 'deer' 4, 'dog' 5, 'frog' 6, 'horse' 7, 'ship' 8, 'truck' 9) font type12
set xrange [-0.5:255.5]; set yrange [9.5:-0.5]
plot 'fig9-heatmaps.dat' index 4 using 1:2:3 with image pixels notitle

# Panel: THRESHOLD: 85.9 % of cells change visibly
set border 3 lw 1.2 lc rgb '#888888'
set lmargin at screen 0.5763; set rmargin at screen 0.9125
set tmargin at screen 0.4902; set bmargin at screen 0.3599
set title 'THRESHOLD: 85.9 % of cells change visibly' font type15 textcolor rgb '#222222' offset 0,-0.4
set xlabel 'neuron of layer 9' font type15 textcolor rgb '#222222'
set ylabel '' font type15 textcolor rgb '#222222'
unset logscale; unset colorbox; set tics font type13 textcolor rgb '#222222'
set xtics autofreq nomirror norotate; set ytics autofreq nomirror; unset mxtics; unset mytics
set grid ytics lt 1 lc rgb '#E2E2E2' lw 1; set xrange [*:*] noreverse; set yrange [*:*] noreverse
unset grid; set border 0; set xtics scale 0.3; set format x '%g'; set format y '%g'
set palette defined (0 '#440154', 1 '#472D7B', 2 '#3B528B', 3 '#2C728E', 4 '#21918C', 5 '#28AE80', 6 '#5EC962', 7 '#ADDC30', 8 '#FDE725'); set cbrange [3.5575347121866886e-05:0.2553374337417797]
set colorbox user origin screen 0.9213,0.3599 size screen 0.01,0.1303 noborder
set cbtics scale 0.4 font type11; set format cb '%g'
set ytics scale 0 ('airplane' 0, 'automobile' 1, 'bird' 2, 'cat' 3, 'deer' 4, 'dog' 5, 'frog' 6, 'horse' 7, 'ship' 8, 'truck' 9) font type12
set xrange [-0.5:255.5]; set yrange [9.5:-0.5]
plot 'fig9-heatmaps.dat' index 5 using 1:2:3 with image pixels notitle

# Panel: BOUND(0.2 rms): 0 % of cells change visibly
set border 3 lw 1.2 lc rgb '#888888'
set lmargin at screen 0.0888; set rmargin at screen 0.425
set tmargin at screen 0.2826; set bmargin at screen 0.1522
set title 'BOUND(0.2 rms): 0 % of cells change visibly' font type15 textcolor rgb '#222222' offset 0,-0.4
set xlabel 'neuron of layer 9' font type15 textcolor rgb '#222222'
set ylabel '' font type15 textcolor rgb '#222222'
unset logscale; unset colorbox; set tics font type13 textcolor rgb '#222222'
set xtics autofreq nomirror norotate; set ytics autofreq nomirror; unset mxtics; unset mytics
set grid ytics lt 1 lc rgb '#E2E2E2' lw 1; set xrange [*:*] noreverse; set yrange [*:*] noreverse
unset grid; set border 0; set xtics scale 0.3; set format x '%g'; set format y '%g'
set palette defined (0 '#440154', 1 '#472D7B', 2 '#3B528B', 3 '#2C728E', 4 '#21918C', 5 '#28AE80', 6 '#5EC962', 7 '#ADDC30', 8 '#FDE725'); set cbrange [3.5575347121866886e-05:0.2553374337417797]
set colorbox user origin screen 0.4338,0.1522 size screen 0.01,0.1303 noborder
set cbtics scale 0.4 font type11; set format cb '%g'
set ytics scale 0 ('airplane' 0, 'automobile' 1, 'bird' 2, 'cat' 3, 'deer' 4, 'dog' 5, 'frog' 6, 'horse' 7, 'ship' 8, 'truck' 9) font type12
set xrange [-0.5:255.5]; set yrange [9.5:-0.5]
plot 'fig9-heatmaps.dat' index 6 using 1:2:3 with image pixels notitle
unset multiplot
unset output
pass = pass + 1
if (pass == 2) load 'fig9-heatmaps.gp'
