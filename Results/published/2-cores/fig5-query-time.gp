# Query time on CIFAR10_VGG16, stored under pool(2): re-running against reading
# real data: CIFAR-10, the first 20000 training images (VGG16 pre-trained on 8000 of them)
# fig5-query-time  ·  scale small  ·  commit bc6712a6
# To draw fig5-query-time.png and fig5-query-time.svg again, in this folder: gnuplot fig5-query-time.gp
if (!exists("pass")) pass = 1
if (pass == 1) set terminal pngcairo noenhanced size 1600,1988 font 'DejaVu Sans,15' background '#ffffff'
if (pass == 1) set output 'fig5-query-time.png'
if (pass == 2) set terminal svg noenhanced size 1600,1988 font 'DejaVu Sans,20' background '#ffffff'
if (pass == 2) set output 'fig5-query-time.svg'
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
set label 'Query time on CIFAR10_VGG16, stored under pool(2): re-running against reading' at screen 0.0275,0.9779 left font type21 textcolor rgb '#222222'
set label 'real data: CIFAR-10, the first 20000 training images (VGG16 pre-trained on 8000 of them)' at screen 0.0275,0.9557 left font type15 textcolor rgb '#00785A'
set label '800 images are queried. Medians with the smallest and largest repetition; long re-runs may be timed once. Cold: files opened anew, not in the page' at screen 0.0275,0.1891 left font type13 textcolor rgb '#222222'
set label 'cache. Warm: the same question again. Re-run: with the model still in memory, in batches of 800 images; beside it one that loads the model (157 ms),' at screen 0.0275,0.1751 left font type13 textcolor rgb '#222222'
set label 'as the paper’s do (1.2 s). ●: what the chosen plan does; none where it reads some intermediates and re-runs others. Every answer was compared with' at screen 0.0275,0.161 left font type13 textcolor rgb '#222222'
set label 'the re-run’s, bit for bit.' at screen 0.0275,0.1469 left font type13 textcolor rgb '#222222'
set label 'SVCCA keeps all directions that explain 99 % of the variance, as the paper’s, and compares the first 5,000 images where there are more.' at screen 0.0275,0.1328 left font type13 textcolor rgb '#222222'
set label 'TOPK, and at layers 11 and 1 COL_DIFF and COL_DIST too, are about one neuron: its maps alone are read. The paper’s took as long as VIS, which needs' at screen 0.0275,0.1187 left font type13 textcolor rgb '#222222'
set label 'the whole layer. What COL_DIFF and COL_DIST ask at these layers the paper does not say; here it is the neuron’s mean activation, where layer 21 has' at screen 0.0275,0.1046 left font type13 textcolor rgb '#222222'
set label 'predictions and confidences.' at screen 0.0275,0.0905 left font type13 textcolor rgb '#222222'
set label 'Hatched: the paper’s own times (figures 5b to 5d), 50,000 images stored under pool(2), on another machine. Where the paper names image 345, it is' at screen 0.0275,0.0765 left font type13 textcolor rgb '#222222'
set label 'taken modulo the images, and neuron 35 modulo the layer’s channels.' at screen 0.0275,0.0624 left font type13 textcolor rgb '#222222'
set label 'VGG16’s convolutions are pre-trained on what the line of the data says, and then frozen: unless it names a file of weights, not on ImageNet.' at screen 0.0275,0.0483 left font type13 textcolor rgb '#222222'
set label 'COL_DIFF and SVCCA take the logits of CIFAR10_CNN from the Keras example’s 18 layers.' at screen 0.0275,0.0342 left font type13 textcolor rgb '#222222'
set label 'fig5-query-time  ·  scale small  ·  commit bc6712a6' at screen 0.0275,0.0121 left font type11 textcolor rgb '#666666'
set key at screen 0.0275,0.9406 left top horizontal Left reverse maxcols 3 samplen 2.5 width 1 height 0.2 font type15 textcolor rgb '#222222'
plot NaN notitle, \
  keyentry with boxes lc rgb '#0072B2' lw 1.5 fs solid 0.92 border lc rgb '#0072B2' title 're-run', \
  keyentry with boxes lc rgb '#0072B2' lw 1.5 fs pattern 4 border lc rgb '#0072B2' title 're-run, paper', \
  keyentry with boxes lc rgb '#E69F00' lw 1.5 fs solid 0.92 border lc rgb '#E69F00' title 're-run, loading the model', \
  keyentry with boxes lc rgb '#009E73' lw 1.5 fs solid 0.92 border lc rgb '#009E73' title 'read, cold', \
  keyentry with boxes lc rgb '#CC79A7' lw 1.5 fs solid 0.92 border lc rgb '#CC79A7' title 'read, warm', \
  keyentry with boxes lc rgb '#CC79A7' lw 1.5 fs pattern 4 border lc rgb '#CC79A7' title 'read, paper', \
  keyentry with boxes lc rgb '#56B4E9' lw 1.5 fs solid 0.92 border lc rgb '#56B4E9' title 'chosen plan'
unset label; unset key

# Panel: Layer 21 (figure 5b)
set border 3 lw 1.2 lc rgb '#888888'
set lmargin at screen 0.0888; set rmargin at screen 0.97
set tmargin at screen 0.8571; set bmargin at screen 0.6982
set title 'Layer 21 (figure 5b)' font type15 textcolor rgb '#222222' offset 0,-0.4
set xlabel 'query' font type15 textcolor rgb '#222222'
set ylabel 'time (s)' font type15 textcolor rgb '#222222'
unset logscale; unset colorbox; set tics font type13 textcolor rgb '#222222'
set xtics autofreq nomirror norotate; set ytics autofreq nomirror; unset mxtics; unset mytics
set grid ytics lt 1 lc rgb '#E2E2E2' lw 1; set xrange [*:*] noreverse; set yrange [*:*] noreverse
set yrange [0.0001:6711.393857692579]
set logscale y 10; set mytics 10
set format y '%g'
set xtics scale 0 ('POINTQ' 0, 'TOPK' 1, 'COL_DIFF' 2, 'COL_DIST' 3, 'KNN' 4, 'ROW_DIFF' 5, 'SVCCA' 6, 'VIS' 7)
set xrange [-0.6:7.6]
plot 'fig5-query-time.dat' index 0 using 1:2:(0.1078) with boxes lc rgb '#0072B2' lw 1.5 fs solid 0.92 border lc rgb '#0072B2' notitle, \
  'fig5-query-time.dat' index 0 using 1:3:(0):($4-$3) with vectors heads size screen 0.003,90 lc rgb '#222222' lw 1.5 notitle, \
  'fig5-query-time.dat' index 0 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'fig5-query-time.dat' index 1 using 1:2:(0.1078) with boxes lc rgb '#0072B2' lw 1.5 fs pattern 4 border lc rgb '#0072B2' notitle, \
  'fig5-query-time.dat' index 1 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'fig5-query-time.dat' index 2 using 1:2:(0.1078) with boxes lc rgb '#E69F00' lw 1.5 fs solid 0.92 border lc rgb '#E69F00' notitle, \
  'fig5-query-time.dat' index 2 using 1:3:(0):($4-$3) with vectors heads size screen 0.003,90 lc rgb '#222222' lw 1.5 notitle, \
  'fig5-query-time.dat' index 2 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'fig5-query-time.dat' index 3 using 1:2:(0.1078) with boxes lc rgb '#009E73' lw 1.5 fs solid 0.92 border lc rgb '#009E73' notitle, \
  'fig5-query-time.dat' index 3 using 1:3:(0):($4-$3) with vectors heads size screen 0.003,90 lc rgb '#222222' lw 1.5 notitle, \
  'fig5-query-time.dat' index 3 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'fig5-query-time.dat' index 4 using 1:2:(0.1078) with boxes lc rgb '#CC79A7' lw 1.5 fs solid 0.92 border lc rgb '#CC79A7' notitle, \
  'fig5-query-time.dat' index 4 using 1:3:(0):($4-$3) with vectors heads size screen 0.003,90 lc rgb '#222222' lw 1.5 notitle, \
  'fig5-query-time.dat' index 4 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'fig5-query-time.dat' index 5 using 1:2:(0.1078) with boxes lc rgb '#CC79A7' lw 1.5 fs pattern 4 border lc rgb '#CC79A7' notitle, \
  'fig5-query-time.dat' index 5 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'fig5-query-time.dat' index 6 using 1:2:(0.1078) with boxes lc rgb '#56B4E9' lw 1.5 fs solid 0.92 border lc rgb '#56B4E9' notitle, \
  'fig5-query-time.dat' index 6 using 1:3:(0):($4-$3) with vectors heads size screen 0.003,90 lc rgb '#222222' lw 1.5 notitle, \
  'fig5-query-time.dat' index 6 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle

# Panel: Layer 11 (figure 5c)
set border 3 lw 1.2 lc rgb '#888888'
set lmargin at screen 0.0888; set rmargin at screen 0.97
set tmargin at screen 0.6308; set bmargin at screen 0.4718
set title 'Layer 11 (figure 5c)' font type15 textcolor rgb '#222222' offset 0,-0.4
set xlabel 'query' font type15 textcolor rgb '#222222'
set ylabel 'time (s)' font type15 textcolor rgb '#222222'
unset logscale; unset colorbox; set tics font type13 textcolor rgb '#222222'
set xtics autofreq nomirror norotate; set ytics autofreq nomirror; unset mxtics; unset mytics
set grid ytics lt 1 lc rgb '#E2E2E2' lw 1; set xrange [*:*] noreverse; set yrange [*:*] noreverse
set yrange [1e-05:48884.939100662545]
set logscale y 10; set mytics 10
set format y '%g'
set xtics scale 0 ('POINTQ' 0, 'TOPK' 1, 'COL_DIFF' 2, 'COL_DIST' 3, 'KNN' 4, 'ROW_DIFF' 5, 'SVCCA' 6, 'VIS' 7)
set xrange [-0.6:7.6]
plot 'fig5-query-time.dat' index 7 using 1:2:(0.1078) with boxes lc rgb '#0072B2' lw 1.5 fs solid 0.92 border lc rgb '#0072B2' notitle, \
  'fig5-query-time.dat' index 7 using 1:3:(0):($4-$3) with vectors heads size screen 0.003,90 lc rgb '#222222' lw 1.5 notitle, \
  'fig5-query-time.dat' index 7 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'fig5-query-time.dat' index 8 using 1:2:(0.1078) with boxes lc rgb '#0072B2' lw 1.5 fs pattern 4 border lc rgb '#0072B2' notitle, \
  'fig5-query-time.dat' index 8 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'fig5-query-time.dat' index 9 using 1:2:(0.1078) with boxes lc rgb '#E69F00' lw 1.5 fs solid 0.92 border lc rgb '#E69F00' notitle, \
  'fig5-query-time.dat' index 9 using 1:3:(0):($4-$3) with vectors heads size screen 0.003,90 lc rgb '#222222' lw 1.5 notitle, \
  'fig5-query-time.dat' index 9 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'fig5-query-time.dat' index 10 using 1:2:(0.1078) with boxes lc rgb '#009E73' lw 1.5 fs solid 0.92 border lc rgb '#009E73' notitle, \
  'fig5-query-time.dat' index 10 using 1:3:(0):($4-$3) with vectors heads size screen 0.003,90 lc rgb '#222222' lw 1.5 notitle, \
  'fig5-query-time.dat' index 10 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'fig5-query-time.dat' index 11 using 1:2:(0.1078) with boxes lc rgb '#CC79A7' lw 1.5 fs solid 0.92 border lc rgb '#CC79A7' notitle, \
  'fig5-query-time.dat' index 11 using 1:3:(0):($4-$3) with vectors heads size screen 0.003,90 lc rgb '#222222' lw 1.5 notitle, \
  'fig5-query-time.dat' index 11 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'fig5-query-time.dat' index 12 using 1:2:(0.1078) with boxes lc rgb '#CC79A7' lw 1.5 fs pattern 4 border lc rgb '#CC79A7' notitle, \
  'fig5-query-time.dat' index 12 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'fig5-query-time.dat' index 13 using 1:2:(0.1078) with boxes lc rgb '#56B4E9' lw 1.5 fs solid 0.92 border lc rgb '#56B4E9' notitle, \
  'fig5-query-time.dat' index 13 using 1:3:(0):($4-$3) with vectors heads size screen 0.003,90 lc rgb '#222222' lw 1.5 notitle, \
  'fig5-query-time.dat' index 13 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle

# Panel: Layer 1 (figure 5d)
set border 3 lw 1.2 lc rgb '#888888'
set lmargin at screen 0.0888; set rmargin at screen 0.97
set tmargin at screen 0.4044; set bmargin at screen 0.2455
set title 'Layer 1 (figure 5d)' font type15 textcolor rgb '#222222' offset 0,-0.4
set xlabel 'query' font type15 textcolor rgb '#222222'
set ylabel 'time (s)' font type15 textcolor rgb '#222222'
unset logscale; unset colorbox; set tics font type13 textcolor rgb '#222222'
set xtics autofreq nomirror norotate; set ytics autofreq nomirror; unset mxtics; unset mytics
set grid ytics lt 1 lc rgb '#E2E2E2' lw 1; set xrange [*:*] noreverse; set yrange [*:*] noreverse
set yrange [0.0001:27760805.042349726]
set logscale y 10; set mytics 10
set format y '%g'
set xtics scale 0 ('POINTQ' 0, 'TOPK' 1, 'COL_DIFF' 2, 'COL_DIST' 3, 'KNN' 4, 'ROW_DIFF' 5, 'SVCCA' 6, 'VIS' 7)
set xrange [-0.6:7.6]
plot 'fig5-query-time.dat' index 14 using 1:2:(0.1078) with boxes lc rgb '#0072B2' lw 1.5 fs solid 0.92 border lc rgb '#0072B2' notitle, \
  'fig5-query-time.dat' index 14 using 1:3:(0):($4-$3) with vectors heads size screen 0.003,90 lc rgb '#222222' lw 1.5 notitle, \
  'fig5-query-time.dat' index 14 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'fig5-query-time.dat' index 15 using 1:2:(0.1078) with boxes lc rgb '#0072B2' lw 1.5 fs pattern 4 border lc rgb '#0072B2' notitle, \
  'fig5-query-time.dat' index 15 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'fig5-query-time.dat' index 16 using 1:2:(0.1078) with boxes lc rgb '#E69F00' lw 1.5 fs solid 0.92 border lc rgb '#E69F00' notitle, \
  'fig5-query-time.dat' index 16 using 1:3:(0):($4-$3) with vectors heads size screen 0.003,90 lc rgb '#222222' lw 1.5 notitle, \
  'fig5-query-time.dat' index 16 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'fig5-query-time.dat' index 17 using 1:2:(0.1078) with boxes lc rgb '#009E73' lw 1.5 fs solid 0.92 border lc rgb '#009E73' notitle, \
  'fig5-query-time.dat' index 17 using 1:3:(0):($4-$3) with vectors heads size screen 0.003,90 lc rgb '#222222' lw 1.5 notitle, \
  'fig5-query-time.dat' index 17 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'fig5-query-time.dat' index 18 using 1:2:(0.1078) with boxes lc rgb '#CC79A7' lw 1.5 fs solid 0.92 border lc rgb '#CC79A7' notitle, \
  'fig5-query-time.dat' index 18 using 1:3:(0):($4-$3) with vectors heads size screen 0.003,90 lc rgb '#222222' lw 1.5 notitle, \
  'fig5-query-time.dat' index 18 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'fig5-query-time.dat' index 19 using 1:2:(0.1078) with boxes lc rgb '#CC79A7' lw 1.5 fs pattern 4 border lc rgb '#CC79A7' notitle, \
  'fig5-query-time.dat' index 19 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'fig5-query-time.dat' index 20 using 1:2:(0.1078) with boxes lc rgb '#56B4E9' lw 1.5 fs solid 0.92 border lc rgb '#56B4E9' notitle, \
  'fig5-query-time.dat' index 20 using 1:3:(0):($4-$3) with vectors heads size screen 0.003,90 lc rgb '#222222' lw 1.5 notitle, \
  'fig5-query-time.dat' index 20 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle
unset multiplot
unset output
pass = pass + 1
if (pass == 2) load 'fig5-query-time.gp'
