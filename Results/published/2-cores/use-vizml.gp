# Two pipelines' errors by kind of home
# generated data: Zillow tables of 100000 properties and 30000 sales, seed 2018
# use-vizml  ·  scale small  ·  commit bc6712a6
# To draw use-vizml.png and use-vizml.svg again, in this folder: gnuplot use-vizml.gp
if (!exists("pass")) pass = 1
if (pass == 1) set terminal pngcairo noenhanced size 1600,1186 font 'DejaVu Sans,15' background '#ffffff'
if (pass == 1) set output 'use-vizml.png'
if (pass == 2) set terminal svg noenhanced size 1600,1186 font 'DejaVu Sans,20' background '#ffffff'
if (pass == 2) set output 'use-vizml.svg'
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
set label 'Two pipelines’ errors by kind of home' at screen 0.0275,0.9629 left font type21 textcolor rgb '#222222'
set label 'generated data: Zillow tables of 100000 properties and 30000 sales, seed 2018' at screen 0.0275,0.9258 left font type15 textcolor rgb '#D55E00'
set label 'P1 learns with boosted trees grown leaf by leaf (LightGBM’s algorithm), P2 with XGBoost’s. Homes of the training table, the commonest kind first.' at screen 0.0275,0.0809 left font type13 textcolor rgb '#222222'
set label 'Read from the store by four columns; nothing could re-run the pipelines. The view is VizML’s, named in section 2.' at screen 0.0275,0.0573 left font type13 textcolor rgb '#222222'
set label 'use-vizml  ·  scale small  ·  commit bc6712a6' at screen 0.0275,0.0202 left font type11 textcolor rgb '#666666'
set key at screen 0.0275,0.9005 left top horizontal Left reverse maxcols 5 samplen 2.5 width 1 height 0.2 font type15 textcolor rgb '#222222'
plot NaN notitle, \
  keyentry with boxes lc rgb '#0072B2' lw 1.5 fs solid 0.92 border lc rgb '#0072B2' title 'P1_a, full', \
  keyentry with boxes lc rgb '#E69F00' lw 1.5 fs solid 0.92 border lc rgb '#E69F00' title 'P1_a, 8BIT', \
  keyentry with boxes lc rgb '#009E73' lw 1.5 fs solid 0.92 border lc rgb '#009E73' title 'P2_a, full', \
  keyentry with boxes lc rgb '#CC79A7' lw 1.5 fs solid 0.92 border lc rgb '#CC79A7' title 'P2_a, 8BIT', \
  keyentry with boxes lc rgb '#56B4E9' lw 1.5 fs solid 0.92 border lc rgb '#56B4E9' title 'homes'
unset label; unset key

# Panel: mean absolute log error
set border 3 lw 1.2 lc rgb '#888888'
set lmargin at screen 0.0888; set rmargin at screen 0.97
set tmargin at screen 0.8449; set bmargin at screen 0.5907
unset title
set xlabel '' font type15 textcolor rgb '#222222'
set ylabel 'mean absolute log error' font type15 textcolor rgb '#222222'
unset logscale; unset colorbox; set tics font type13 textcolor rgb '#222222'
set xtics autofreq nomirror norotate; set ytics autofreq nomirror; unset mxtics; unset mytics
set grid ytics lt 1 lc rgb '#E2E2E2' lw 1; set xrange [*:*] noreverse; set yrange [*:*] noreverse
set yrange [0.0:0.2614617213233384]
set format y '%g'
set xtics scale 0 ('single family' 0, 'condominium' 1, 'planned unit' 2, 'duplex' 3, 'quadruplex' 4, 'triplex' 5, 'cluster home' 6, 'residential' 7, 'mobile home' 8, 'commercial, mixed' 9, 'cooperative' 10, 'manufactured' 11) rotate by 25 right
set xrange [-0.6:11.6]
plot 'use-vizml.dat' index 0 using 1:2:(0.1886) with boxes lc rgb '#0072B2' lw 1.5 fs solid 0.92 border lc rgb '#0072B2' notitle, \
  'use-vizml.dat' index 0 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'use-vizml.dat' index 1 using 1:2:(0.1886) with boxes lc rgb '#E69F00' lw 1.5 fs solid 0.92 border lc rgb '#E69F00' notitle, \
  'use-vizml.dat' index 1 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'use-vizml.dat' index 2 using 1:2:(0.1886) with boxes lc rgb '#009E73' lw 1.5 fs solid 0.92 border lc rgb '#009E73' notitle, \
  'use-vizml.dat' index 2 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'use-vizml.dat' index 3 using 1:2:(0.1886) with boxes lc rgb '#CC79A7' lw 1.5 fs solid 0.92 border lc rgb '#CC79A7' notitle, \
  'use-vizml.dat' index 3 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle

# Panel: homes sold
set border 3 lw 1.2 lc rgb '#888888'
set lmargin at screen 0.0888; set rmargin at screen 0.97
set tmargin at screen 0.4654; set bmargin at screen 0.2416
unset title
set xlabel 'kind of home (propertylandusetypeid)' font type15 textcolor rgb '#222222'
set ylabel 'homes sold' font type15 textcolor rgb '#222222'
unset logscale; unset colorbox; set tics font type13 textcolor rgb '#222222'
set xtics autofreq nomirror norotate; set ytics autofreq nomirror; unset mxtics; unset mytics
set grid ytics lt 1 lc rgb '#E2E2E2' lw 1; set xrange [*:*] noreverse; set yrange [*:*] noreverse
set yrange [1.0:143178.3141824067]
set logscale y 10; set mytics 10
set format y '%g'
set xtics scale 0 ('single family' 0, 'condominium' 1, 'planned unit' 2, 'duplex' 3, 'quadruplex' 4, 'triplex' 5, 'cluster home' 6, 'residential' 7, 'mobile home' 8, 'commercial, mixed' 9, 'cooperative' 10, 'manufactured' 11) rotate by 25 right
set xrange [-0.6:11.6]
plot 'use-vizml.dat' index 4 using 1:2:(0.7544) with boxes lc rgb '#56B4E9' lw 1.5 fs solid 0.92 border lc rgb '#56B4E9' notitle, \
  'use-vizml.dat' index 4 using 1:4:5 with labels center offset 0,0.6 font type12 textcolor rgb '#222222' notitle
unset multiplot
unset output
pass = pass + 1
if (pass == 2) load 'use-vizml.gp'
