# What logging adds to running a network
# real data: CIFAR-10, the first 20000 training images (VGG16 pre-trained on 8000 of them)
# fig11b-logging-overhead  ·  scale small  ·  commit bc6712a6
# To draw fig11b-logging-overhead.png and fig11b-logging-overhead.svg again, in this folder: gnuplot fig11b-logging-overhead.gp
if (!exists("pass")) pass = 1
if (pass == 1) set terminal pngcairo noenhanced size 1600,1298 font 'DejaVu Sans,15' background '#ffffff'
if (pass == 1) set output 'fig11b-logging-overhead.png'
if (pass == 2) set terminal svg noenhanced size 1600,1298 font 'DejaVu Sans,20' background '#ffffff'
if (pass == 2) set output 'fig11b-logging-overhead.svg'
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
set label 'What logging adds to running a network' at screen 0.0275,0.9661 left font type21 textcolor rgb '#222222'
set label 'real data: CIFAR-10, the first 20000 training images (VGG16 pre-trained on 8000 of them)' at screen 0.0275,0.9322 left font type15 textcolor rgb '#00785A'
set label 'Until everything is durable, weights included, over the forward pass through the logits; medians of ratios taken in turn. One transaction: writing' at screen 0.0275,0.1602 left font type13 textcolor rgb '#222222'
set label 'overlaps the network. Every write synced: a layer of a batch is on disk before the next is computed, the paper’s upper bound.' at screen 0.0275,0.1387 left font type13 textcolor rgb '#222222'
set label 'Under weights alone no intermediate is stored. all, LP, 8BIT and pooling are uncompressed, as the paper’s figure has all and LP; ‘all gzip’ is in' at screen 0.0275,0.1171 left font type13 textcolor rgb '#222222'
set label 'its codec, ‘encoded’ and DEDUP in our encodings. Hatched: the paper’s figure 11b, 50,000 images, every write synchronous.' at screen 0.0275,0.0955 left font type13 textcolor rgb '#222222'
set label 'VGG16’s convolutions are pre-trained on what the line of the data says, and then frozen: unless it names a file of weights, not on ImageNet.' at screen 0.0275,0.074 left font type13 textcolor rgb '#222222'
set label 'CIFAR10_CNN is the Keras example’s 18 layers.' at screen 0.0275,0.0524 left font type13 textcolor rgb '#222222'
set label 'fig11b-logging-overhead  ·  scale small  ·  commit bc6712a6' at screen 0.0275,0.0185 left font type11 textcolor rgb '#666666'
set key at screen 0.0275,0.9091 left top horizontal Left reverse maxcols 3 samplen 2.5 width 1 height 0.2 font type15 textcolor rgb '#222222'
plot NaN notitle, \
  keyentry with boxes lc rgb '#0072B2' lw 1.5 fs solid 0.92 border lc rgb '#0072B2' title 'one transaction', \
  keyentry with boxes lc rgb '#E69F00' lw 1.5 fs solid 0.92 border lc rgb '#E69F00' title 'every write synced', \
  keyentry with boxes lc rgb '#E69F00' lw 1.5 fs pattern 4 border lc rgb '#E69F00' title 'every write synced, paper'
unset label; unset key

# Panel: CIFAR10_CNN, 1,000 images in batches of 1,000
set border 3 lw 1.2 lc rgb '#888888'
set lmargin at screen 0.0888; set rmargin at screen 0.97
set tmargin at screen 0.8367; set bmargin at screen 0.6395
set title 'CIFAR10_CNN, 1,000 images in batches of 1,000' font type15 textcolor rgb '#222222' offset 0,-0.4
set xlabel 'policy' font type15 textcolor rgb '#222222'
set ylabel 'time / time without logging' font type15 textcolor rgb '#222222'
unset logscale; unset colorbox; set tics font type13 textcolor rgb '#222222'
set xtics autofreq nomirror norotate; set ytics autofreq nomirror; unset mxtics; unset mytics
set grid ytics lt 1 lc rgb '#E2E2E2' lw 1; set xrange [*:*] noreverse; set yrange [*:*] noreverse
set yrange [0.1:386.97736434898394]
set logscale y 10; set mytics 10
set format y '%gx'
set xtics scale 0 ('all' 0, 'LP' 1, '8BIT' 2, 'pool(2)' 3, 'pool(4)' 4, 'pool(S)' 5, 'all gzip' 6, 'all encoded' 7, 'LP encoded' 8, 'DEDUP' 9, 'weights alone' 10) rotate by 25 right
set xrange [-0.6:10.6]
plot 'fig11b-logging-overhead.dat' index 0 using 1:2:(0.2515) with boxes lc rgb '#0072B2' lw 1.5 fs solid 0.92 border lc rgb '#0072B2' notitle, \
  'fig11b-logging-overhead.dat' index 0 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'fig11b-logging-overhead.dat' index 1 using 1:2:(0.2515) with boxes lc rgb '#E69F00' lw 1.5 fs solid 0.92 border lc rgb '#E69F00' notitle, \
  'fig11b-logging-overhead.dat' index 1 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'fig11b-logging-overhead.dat' index 2 using 1:2:(0.2515) with boxes lc rgb '#E69F00' lw 1.5 fs pattern 4 border lc rgb '#E69F00' notitle, \
  'fig11b-logging-overhead.dat' index 2 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle

# Panel: CIFAR10_VGG16, 1,000 images in batches of 1,000
set border 3 lw 1.2 lc rgb '#888888'
set lmargin at screen 0.0888; set rmargin at screen 0.97
set tmargin at screen 0.49; set bmargin at screen 0.2928
set title 'CIFAR10_VGG16, 1,000 images in batches of 1,000' font type15 textcolor rgb '#222222' offset 0,-0.4
set xlabel 'policy' font type15 textcolor rgb '#222222'
set ylabel 'time / time without logging' font type15 textcolor rgb '#222222'
unset logscale; unset colorbox; set tics font type13 textcolor rgb '#222222'
set xtics autofreq nomirror norotate; set ytics autofreq nomirror; unset mxtics; unset mytics
set grid ytics lt 1 lc rgb '#E2E2E2' lw 1; set xrange [*:*] noreverse; set yrange [*:*] noreverse
set yrange [0.1:138.15908326482455]
set logscale y 10; set mytics 10
set format y '%gx'
set xtics scale 0 ('all' 0, 'LP' 1, '8BIT' 2, 'pool(2)' 3, 'pool(4)' 4, 'pool(S)' 5, 'all gzip' 6, 'all encoded' 7, 'LP encoded' 8, 'DEDUP' 9, 'weights alone' 10) rotate by 25 right
set xrange [-0.6:10.6]
plot 'fig11b-logging-overhead.dat' index 3 using 1:2:(0.2515) with boxes lc rgb '#0072B2' lw 1.5 fs solid 0.92 border lc rgb '#0072B2' notitle, \
  'fig11b-logging-overhead.dat' index 3 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'fig11b-logging-overhead.dat' index 4 using 1:2:(0.2515) with boxes lc rgb '#E69F00' lw 1.5 fs solid 0.92 border lc rgb '#E69F00' notitle, \
  'fig11b-logging-overhead.dat' index 4 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'fig11b-logging-overhead.dat' index 5 using 1:2:(0.2515) with boxes lc rgb '#E69F00' lw 1.5 fs pattern 4 border lc rgb '#E69F00' notitle, \
  'fig11b-logging-overhead.dat' index 5 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle
unset multiplot
unset output
pass = pass + 1
if (pass == 2) load 'fig11b-logging-overhead.gp'
