# Mean CCA coefficient with the logits, by what is stored: CIFAR10_VGG16, 4,000 images
# real data: CIFAR-10, the first 20000 training images (VGG16 pre-trained on 8000 of them)
# table2-svcca  ·  scale small  ·  commit bc6712a6
# To draw table2-svcca-bytes.png and table2-svcca-bytes.svg again, in this folder: gnuplot table2-svcca-bytes.gp
if (!exists("pass")) pass = 1
if (pass == 1) set terminal pngcairo noenhanced size 1600,1242 font 'DejaVu Sans,15' background '#ffffff'
if (pass == 1) set output 'table2-svcca-bytes.png'
if (pass == 2) set terminal svg noenhanced size 1600,1242 font 'DejaVu Sans,20' background '#ffffff'
if (pass == 2) set output 'table2-svcca-bytes.svg'
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
set label 'Mean CCA coefficient with the logits, by what is stored: CIFAR10_VGG16, 4,000 images' at screen 0.0275,0.9646 left font type21 textcolor rgb '#222222'
set label 'real data: CIFAR-10, the first 20000 training images (VGG16 pre-trained on 8000 of them)' at screen 0.0275,0.9291 left font type15 textcolor rgb '#00785A'
set label 'BOUND (beyond the paper): no value is off by more than so many root mean squares of the layer, from left to right 0.2, 0.05. The base of a ladder' at screen 0.0275,0.1224 left font type13 textcolor rgb '#222222'
set label 'has the same values and codes.' at screen 0.0275,0.0998 left font type13 textcolor rgb '#222222'
set label 'Bits are those of the frames that are read for the whole layer, over the values that the network emits. Points: the paper’s schemes here.' at screen 0.0275,0.0773 left font type13 textcolor rgb '#222222'
set label 'VGG16’s convolutions are pre-trained on what the line of the data says, and then frozen: unless it names a file of weights, not on ImageNet.' at screen 0.0275,0.0548 left font type13 textcolor rgb '#222222'
set label 'table2-svcca  ·  scale small  ·  commit bc6712a6' at screen 0.0275,0.0193 left font type11 textcolor rgb '#666666'
set key at screen 0.0275,0.905 left top horizontal Left reverse maxcols 4 samplen 2.5 width 1 height 0.2 font type15 textcolor rgb '#222222'
plot NaN notitle, \
  keyentry with linespoints lc rgb '#0072B2' lw 3 dt 1 pt 7 ps 1.5 title 'BOUND', \
  keyentry with points lc rgb '#E69F00' pt 5 ps 1.6 title 'full', \
  keyentry with points lc rgb '#009E73' pt 9 ps 1.6 title '8BIT', \
  keyentry with points lc rgb '#CC79A7' pt 13 ps 1.6 title 'pool(2)'
unset label; unset key

# Panel: layer 6
set border 3 lw 1.2 lc rgb '#888888'
set lmargin at screen 0.0888; set rmargin at screen 0.4825
set tmargin at screen 0.8293; set bmargin at screen 0.5749
set title 'layer 6' font type15 textcolor rgb '#222222' offset 0,-0.4
set xlabel 'bits stored for each value' font type15 textcolor rgb '#222222'
set ylabel 'mean CCA coefficient' font type15 textcolor rgb '#222222'
unset logscale; unset colorbox; set tics font type13 textcolor rgb '#222222'
set xtics autofreq nomirror norotate; set ytics autofreq nomirror; unset mxtics; unset mytics
set grid ytics lt 1 lc rgb '#E2E2E2' lw 1; set xrange [*:*] noreverse; set yrange [*:*] noreverse
set xrange [1.3340174609375:11.43398650390625]
set format x '%g'
set yrange [0.9:1.02]
set format y '%g'
set grid xtics ytics lt 1 lc rgb '#E2E2E2' lw 1
plot 'table2-svcca-bytes.dat' index 0 using 1:2 with linespoints lc rgb '#0072B2' lw 3 dt 1 pt 7 ps 1.5 notitle, \
  'table2-svcca-bytes.dat' index 1 using 1:2 with points lc rgb '#E69F00' pt 5 ps 1.6 notitle, \
  'table2-svcca-bytes.dat' index 2 using 1:2 with points lc rgb '#009E73' pt 9 ps 1.6 notitle, \
  'table2-svcca-bytes.dat' index 3 using 1:2 with points lc rgb '#CC79A7' pt 13 ps 1.6 notitle

# Panel: layer 11
set border 3 lw 1.2 lc rgb '#888888'
set lmargin at screen 0.5763; set rmargin at screen 0.97
set tmargin at screen 0.8293; set bmargin at screen 0.5749
set title 'layer 11' font type15 textcolor rgb '#222222' offset 0,-0.4
set xlabel 'bits stored for each value' font type15 textcolor rgb '#222222'
set ylabel 'mean CCA coefficient' font type15 textcolor rgb '#222222'
unset logscale; unset colorbox; set tics font type13 textcolor rgb '#222222'
set xtics autofreq nomirror norotate; set ytics autofreq nomirror; unset mxtics; unset mytics
set grid ytics lt 1 lc rgb '#E2E2E2' lw 1; set xrange [*:*] noreverse; set yrange [*:*] noreverse
set xrange [1.18189921875:8.341720263671874]
set format x '%g'
set yrange [0.9:1.02]
set format y '%g'
set grid xtics ytics lt 1 lc rgb '#E2E2E2' lw 1
plot 'table2-svcca-bytes.dat' index 4 using 1:2 with linespoints lc rgb '#0072B2' lw 3 dt 1 pt 7 ps 1.5 notitle, \
  'table2-svcca-bytes.dat' index 5 using 1:2 with points lc rgb '#E69F00' pt 5 ps 1.6 notitle, \
  'table2-svcca-bytes.dat' index 6 using 1:2 with points lc rgb '#009E73' pt 9 ps 1.6 notitle, \
  'table2-svcca-bytes.dat' index 7 using 1:2 with points lc rgb '#CC79A7' pt 13 ps 1.6 notitle

# Panel: layer 16
set border 3 lw 1.2 lc rgb '#888888'
set lmargin at screen 0.0888; set rmargin at screen 0.4825
set tmargin at screen 0.467; set bmargin at screen 0.2126
set title 'layer 16' font type15 textcolor rgb '#222222' offset 0,-0.4
set xlabel 'bits stored for each value' font type15 textcolor rgb '#222222'
set ylabel 'mean CCA coefficient' font type15 textcolor rgb '#222222'
unset logscale; unset colorbox; set tics font type13 textcolor rgb '#222222'
set xtics autofreq nomirror norotate; set ytics autofreq nomirror; unset mxtics; unset mytics
set grid ytics lt 1 lc rgb '#E2E2E2' lw 1; set xrange [*:*] noreverse; set yrange [*:*] noreverse
set xrange [1.2247965234375:9.266219765625001]
set format x '%g'
set yrange [0.9:1.02]
set format y '%g'
set grid xtics ytics lt 1 lc rgb '#E2E2E2' lw 1
plot 'table2-svcca-bytes.dat' index 8 using 1:2 with linespoints lc rgb '#0072B2' lw 3 dt 1 pt 7 ps 1.5 notitle, \
  'table2-svcca-bytes.dat' index 9 using 1:2 with points lc rgb '#E69F00' pt 5 ps 1.6 notitle, \
  'table2-svcca-bytes.dat' index 10 using 1:2 with points lc rgb '#009E73' pt 9 ps 1.6 notitle, \
  'table2-svcca-bytes.dat' index 11 using 1:2 with points lc rgb '#CC79A7' pt 13 ps 1.6 notitle

# Panel: layer 19
set border 3 lw 1.2 lc rgb '#888888'
set lmargin at screen 0.5763; set rmargin at screen 0.97
set tmargin at screen 0.467; set bmargin at screen 0.2126
set title 'layer 19' font type15 textcolor rgb '#222222' offset 0,-0.4
set xlabel 'bits stored for each value' font type15 textcolor rgb '#222222'
set ylabel 'mean CCA coefficient' font type15 textcolor rgb '#222222'
unset logscale; unset colorbox; set tics font type13 textcolor rgb '#222222'
set xtics autofreq nomirror norotate; set ytics autofreq nomirror; unset mxtics; unset mytics
set grid ytics lt 1 lc rgb '#E2E2E2' lw 1; set xrange [*:*] noreverse; set yrange [*:*] noreverse
set xrange [1.601315:16.027466953125]
set format x '%g'
set yrange [0.9:1.02]
set format y '%g'
set grid xtics ytics lt 1 lc rgb '#E2E2E2' lw 1
plot 'table2-svcca-bytes.dat' index 12 using 1:2 with linespoints lc rgb '#0072B2' lw 3 dt 1 pt 7 ps 1.5 notitle, \
  'table2-svcca-bytes.dat' index 13 using 1:2 with points lc rgb '#E69F00' pt 5 ps 1.6 notitle, \
  'table2-svcca-bytes.dat' index 14 using 1:2 with points lc rgb '#009E73' pt 9 ps 1.6 notitle, \
  'table2-svcca-bytes.dat' index 15 using 1:2 with points lc rgb '#CC79A7' pt 13 ps 1.6 notitle
unset multiplot
unset output
pass = pass + 1
if (pass == 2) load 'table2-svcca-bytes.gp'
