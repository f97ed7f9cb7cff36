# Bytes stored by 50 Zillow pipelines
# generated data: Zillow tables of 100000 properties and 30000 sales, seed 2018
# fig6a-zillow-storage  ·  scale small  ·  commit bc6712a6
# To draw fig6a-zillow-storage.png and fig6a-zillow-storage.svg again, in this folder: gnuplot fig6a-zillow-storage.gp
if (!exists("pass")) pass = 1
if (pass == 1) set terminal pngcairo noenhanced size 1600,1000 font 'DejaVu Sans,15' background '#ffffff'
if (pass == 1) set output 'fig6a-zillow-storage.png'
if (pass == 2) set terminal svg noenhanced size 1600,1000 font 'DejaVu Sans,20' background '#ffffff'
if (pass == 2) set output 'fig6a-zillow-storage.svg'
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
set label 'Bytes stored by 50 Zillow pipelines' at screen 0.0275,0.956 left font type21 textcolor rgb '#222222'
set label 'generated data: Zillow tables of 100000 properties and 30000 sales, seed 2018' at screen 0.0275,0.912 left font type15 textcolor rgb '#D55E00'
set label 'Predictions as the learners give them (unrounded) and with four decimals, as the sales’ log errors have (rounded). Partitions and catalogue;' at screen 0.0275,0.18 left font type13 textcolor rgb '#222222'
set label 'boosters and coefficients take 1 MB and 1 MB more, whatever the policy.' at screen 0.0275,0.152 left font type13 textcolor rgb '#222222'
set label 'STORE_ALL gzip compresses as the paper does, the others with our encodings. DEDUP is the paper’s Algorithm 4: equal chunks once, similar ones side' at screen 0.0275,0.124 left font type13 textcolor rgb '#222222'
set label 'by side. DEDUP+derived also keeps columns as how they follow from others.' at screen 0.0275,0.096 left font type13 textcolor rgb '#222222'
set label 'Hatched: the paper’s text, over the Kaggle tables of 2,985,217 homes: 67 GB and 0.611 GB (110x). Its plot of the same has DEDUP at 2.114 GB (32x).' at screen 0.0275,0.068 left font type13 textcolor rgb '#222222'
set label 'fig6a-zillow-storage  ·  scale small  ·  commit bc6712a6' at screen 0.0275,0.024 left font type11 textcolor rgb '#666666'
set key at screen 0.0275,0.882 left top horizontal Left reverse maxcols 3 samplen 2.5 width 1 height 0.2 font type15 textcolor rgb '#222222'
plot NaN notitle, \
  keyentry with boxes lc rgb '#0072B2' lw 1.5 fs solid 0.92 border lc rgb '#0072B2' title 'unrounded', \
  keyentry with boxes lc rgb '#E69F00' lw 1.5 fs solid 0.92 border lc rgb '#E69F00' title 'rounded', \
  keyentry with boxes lc rgb '#0072B2' lw 1.5 fs pattern 4 border lc rgb '#0072B2' title 'paper'
unset label; unset key

# Panel: stored bytes
set border 3 lw 1.2 lc rgb '#888888'
set lmargin at screen 0.1075; set rmargin at screen 0.97
set tmargin at screen 0.816; set bmargin at screen 0.292
unset title
set xlabel 'policy' font type15 textcolor rgb '#222222'
set ylabel 'stored bytes' font type15 textcolor rgb '#222222'
unset logscale; unset colorbox; set tics font type13 textcolor rgb '#222222'
set xtics autofreq nomirror norotate; set ytics autofreq nomirror; unset mxtics; unset mytics
set grid ytics lt 1 lc rgb '#E2E2E2' lw 1; set xrange [*:*] noreverse; set yrange [*:*] noreverse
set yrange [10000000.0:150244411275.03607]
set logscale y 10; set mytics 10
set format y '%.0s %cB'
set xtics scale 0 ('STORE_ALL gzip' 0, 'STORE_ALL' 1, 'DEDUP' 2, 'DEDUP+derived' 3)
set xrange [-0.6:3.6]
plot 'fig6a-zillow-storage.dat' index 0 using 1:2:(0.2515) with boxes lc rgb '#0072B2' lw 1.5 fs solid 0.92 border lc rgb '#0072B2' notitle, \
  'fig6a-zillow-storage.dat' index 0 using 1:4:5 with labels center offset 0,0.6 font type12 textcolor rgb '#222222' notitle, \
  'fig6a-zillow-storage.dat' index 1 using 1:2:(0.2515) with boxes lc rgb '#E69F00' lw 1.5 fs solid 0.92 border lc rgb '#E69F00' notitle, \
  'fig6a-zillow-storage.dat' index 1 using 1:4:5 with labels center offset 0,0.6 font type12 textcolor rgb '#222222' notitle, \
  'fig6a-zillow-storage.dat' index 2 using 1:2:(0.2515) with boxes lc rgb '#0072B2' lw 1.5 fs pattern 4 border lc rgb '#0072B2' notitle, \
  'fig6a-zillow-storage.dat' index 2 using 1:4:5 with labels center offset 0,0.6 font type12 textcolor rgb '#222222' notitle
unset multiplot
unset output
pass = pass + 1
if (pass == 2) load 'fig6a-zillow-storage.gp'
