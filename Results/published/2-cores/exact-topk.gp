# Exact top-k from a base within a bound
# real data: CIFAR-10, the first 20000 training images (VGG16 pre-trained on 8000 of them)
# exact-topk  ·  scale small  ·  commit bc6712a6
# To draw exact-topk.png and exact-topk.svg again, in this folder: gnuplot exact-topk.gp
if (!exists("pass")) pass = 1
if (pass == 1) set terminal pngcairo noenhanced size 1600,1250 font 'DejaVu Sans,15' background '#ffffff'
if (pass == 1) set output 'exact-topk.png'
if (pass == 2) set terminal svg noenhanced size 1600,1250 font 'DejaVu Sans,20' background '#ffffff'
if (pass == 2) set output 'exact-topk.svg'
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
set label 'Exact top-k from a base within a bound' at screen 0.0275,0.9648 left font type21 textcolor rgb '#222222'
set label 'real data: CIFAR-10, the first 20000 training images (VGG16 pre-trained on 8000 of them)' at screen 0.0275,0.9296 left font type15 textcolor rgb '#00785A'
set label 'Random neurons, and groups of 3 and 10 by the sum of their activations; every answer equals that of reading everything, ties included.' at screen 0.0275,0.0992 left font type13 textcolor rgb '#222222'
set label 'The base errs by at most a fifth of the layer’s root mean square; the exact values of the candidates are read from the residual. Warm.' at screen 0.0275,0.0768 left font type13 textcolor rgb '#222222'
set label 'DeepEverest reports up to 63 times over re-running at under 20 % of full storage, MaskSearch two orders of magnitude at 5 %, on other machines.' at screen 0.0275,0.0544 left font type13 textcolor rgb '#222222'
set label 'exact-topk  ·  scale small  ·  commit bc6712a6' at screen 0.0275,0.0192 left font type11 textcolor rgb '#666666'
set key at screen 0.0275,0.9056 left top horizontal Left reverse maxcols 4 samplen 2.5 width 1 height 0.2 font type15 textcolor rgb '#222222'
plot NaN notitle, \
  keyentry with boxes lc rgb '#0072B2' lw 1.5 fs solid 0.92 border lc rgb '#0072B2' title 're-running', \
  keyentry with boxes lc rgb '#E69F00' lw 1.5 fs solid 0.92 border lc rgb '#E69F00' title 'reading everything', \
  keyentry with boxes lc rgb '#009E73' lw 1.5 fs solid 0.92 border lc rgb '#009E73' title 'base, then candidates', \
  keyentry with boxes lc rgb '#CC79A7' lw 1.5 fs solid 0.92 border lc rgb '#CC79A7' title 'top 10', \
  keyentry with boxes lc rgb '#56B4E9' lw 1.5 fs solid 0.92 border lc rgb '#56B4E9' title 'top 50'
unset label; unset key

# Panel: Time of the top 10 of VGG16, 2000 images
set border 3 lw 1.2 lc rgb '#888888'
set lmargin at screen 0.0888; set rmargin at screen 0.97
set tmargin at screen 0.8016; set bmargin at screen 0.5488
set title 'Time of the top 10 of VGG16, 2000 images' font type15 textcolor rgb '#222222' offset 0,-0.4
set xlabel 'layer, neurons' font type15 textcolor rgb '#222222'
set ylabel 'time (s)' font type15 textcolor rgb '#222222'
unset logscale; unset colorbox; set tics font type13 textcolor rgb '#222222'
set xtics autofreq nomirror norotate; set ytics autofreq nomirror; unset mxtics; unset mytics
set grid ytics lt 1 lc rgb '#E2E2E2' lw 1; set xrange [*:*] noreverse; set yrange [*:*] noreverse
set yrange [0.0001:380.10699935590094]
set logscale y 10; set mytics 10
set format y '%g'
set xtics scale 0 ('layer 6, 1' 0, 'layer 6, 3' 1, 'layer 6, 10' 2, 'layer 11, 1' 3, 'layer 11, 3' 4, 'layer 11, 10' 5, 'layer 16, 1' 6, 'layer 16, 3' 7, 'layer 16, 10' 8)
set xrange [-0.6:8.6]
plot 'exact-topk.dat' index 0 using 1:2:(0.2515) with boxes lc rgb '#0072B2' lw 1.5 fs solid 0.92 border lc rgb '#0072B2' notitle, \
  'exact-topk.dat' index 0 using 1:3:(0):($4-$3) with vectors heads size screen 0.003,90 lc rgb '#222222' lw 1.5 notitle, \
  'exact-topk.dat' index 0 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'exact-topk.dat' index 1 using 1:2:(0.2515) with boxes lc rgb '#E69F00' lw 1.5 fs solid 0.92 border lc rgb '#E69F00' notitle, \
  'exact-topk.dat' index 1 using 1:3:(0):($4-$3) with vectors heads size screen 0.003,90 lc rgb '#222222' lw 1.5 notitle, \
  'exact-topk.dat' index 1 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'exact-topk.dat' index 2 using 1:2:(0.2515) with boxes lc rgb '#009E73' lw 1.5 fs solid 0.92 border lc rgb '#009E73' notitle, \
  'exact-topk.dat' index 2 using 1:3:(0):($4-$3) with vectors heads size screen 0.003,90 lc rgb '#222222' lw 1.5 notitle, \
  'exact-topk.dat' index 2 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle

# Panel: Rows looked at exactly
set border 3 lw 1.2 lc rgb '#888888'
set lmargin at screen 0.0888; set rmargin at screen 0.97
set tmargin at screen 0.4416; set bmargin at screen 0.1888
set title 'Rows looked at exactly' font type15 textcolor rgb '#222222' offset 0,-0.4
set xlabel 'layer, neurons' font type15 textcolor rgb '#222222'
set ylabel 'rows (%)' font type15 textcolor rgb '#222222'
unset logscale; unset colorbox; set tics font type13 textcolor rgb '#222222'
set xtics autofreq nomirror norotate; set ytics autofreq nomirror; unset mxtics; unset mytics
set grid ytics lt 1 lc rgb '#E2E2E2' lw 1; set xrange [*:*] noreverse; set yrange [*:*] noreverse
set yrange [0.0:72.01198529411765]
set format y '%g'
set xtics scale 0 ('layer 6, 1' 0, 'layer 6, 3' 1, 'layer 6, 10' 2, 'layer 11, 1' 3, 'layer 11, 3' 4, 'layer 11, 10' 5, 'layer 16, 1' 6, 'layer 16, 3' 7, 'layer 16, 10' 8)
set xrange [-0.6:8.6]
plot 'exact-topk.dat' index 3 using 1:2:(0.3772) with boxes lc rgb '#CC79A7' lw 1.5 fs solid 0.92 border lc rgb '#CC79A7' notitle, \
  'exact-topk.dat' index 3 using 1:4:5 with labels center offset 0,0.6 font type12 textcolor rgb '#222222' notitle, \
  'exact-topk.dat' index 4 using 1:2:(0.3772) with boxes lc rgb '#56B4E9' lw 1.5 fs solid 0.92 border lc rgb '#56B4E9' notitle, \
  'exact-topk.dat' index 4 using 1:4:5 with labels center offset 0,0.6 font type12 textcolor rgb '#222222' notitle
unset multiplot
unset output
pass = pass + 1
if (pass == 2) load 'exact-topk.gp'
