# Bytes of similar columns, compressed apart and together
# generated data: 100 columns of 100000 uniform float32 values, seed 2018
# fig14-column-compression  ·  scale small  ·  commit bc6712a6
# To draw fig14-column-compression.png and fig14-column-compression.svg again, in this folder: gnuplot fig14-column-compression.gp
if (!exists("pass")) pass = 1
if (pass == 1) set terminal pngcairo noenhanced size 1600,1000 font 'DejaVu Sans,15' background '#ffffff'
if (pass == 1) set output 'fig14-column-compression.png'
if (pass == 2) set terminal svg noenhanced size 1600,1000 font 'DejaVu Sans,20' background '#ffffff'
if (pass == 2) set output 'fig14-column-compression.svg'
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
set label 'Bytes of similar columns, compressed apart and together' at screen 0.0275,0.956 left font type21 textcolor rgb '#222222'
set label 'generated data: 100 columns of 100000 uniform float32 values, seed 2018' at screen 0.0275,0.912 left font type15 textcolor rgb '#D55E00'
set label 'Paper (figure 14): 100 columns x 100,000 float32, gzip: separately 35 MB of 40; together 34 / 31 / 23 / 17 / 5 MB.' at screen 0.0275,0.096 left font type13 textcolor rgb '#222222'
set label 'gzip -6. Values uniform in 0..<1, which gives the paper’s 35 MB.' at screen 0.0275,0.068 left font type13 textcolor rgb '#222222'
set label 'fig14-column-compression  ·  scale small  ·  commit bc6712a6' at screen 0.0275,0.024 left font type11 textcolor rgb '#666666'
set key at screen 0.0275,0.882 left top horizontal Left reverse maxcols 3 samplen 2.5 width 1 height 0.2 font type15 textcolor rgb '#222222'
plot NaN notitle, \
  keyentry with linespoints lc rgb '#0072B2' lw 3 dt 1 pt 7 ps 1.5 title 'gzip, each column', \
  keyentry with linespoints lc rgb '#E69F00' lw 3 dt 1 pt 5 ps 1.5 title 'gzip, 8 columns a stream', \
  keyentry with linespoints lc rgb '#009E73' lw 3 dt 1 pt 9 ps 1.5 title 'gzip, all columns a stream', \
  keyentry with linespoints lc rgb '#CC79A7' lw 3 dt 1 pt 13 ps 1.5 title 'DEDUP', \
  keyentry with linespoints lc rgb '#56B4E9' lw 3 dt 1 pt 11 ps 1.5 title 'DEDUP + similarity', \
  keyentry with linespoints lc rgb '#E69F00' lw 2 dt (12,8) pt 4 ps 2.4 title 'paper, together'
unset label; unset key

# Panel: stored / raw bytes
set border 3 lw 1.2 lc rgb '#888888'
set lmargin at screen 0.0888; set rmargin at screen 0.97
set tmargin at screen 0.78; set bmargin at screen 0.208
unset title
set xlabel 'fraction of rows in which two columns agree' font type15 textcolor rgb '#222222'
set ylabel 'stored / raw bytes' font type15 textcolor rgb '#222222'
unset logscale; unset colorbox; set tics font type13 textcolor rgb '#222222'
set xtics autofreq nomirror norotate; set ytics autofreq nomirror; unset mxtics; unset mytics
set grid ytics lt 1 lc rgb '#E2E2E2' lw 1; set xrange [*:*] noreverse; set yrange [*:*] noreverse
set xrange [-0.04:1.06]
set format x '%g'
set yrange [0.0:0.9520495999999999]
set format y '%g'
set grid xtics ytics lt 1 lc rgb '#E2E2E2' lw 1
plot 'fig14-column-compression.dat' index 0 using 1:2 with linespoints lc rgb '#0072B2' lw 3 dt 1 pt 7 ps 1.5 notitle, \
  'fig14-column-compression.dat' index 1 using 1:2 with linespoints lc rgb '#E69F00' lw 3 dt 1 pt 5 ps 1.5 notitle, \
  'fig14-column-compression.dat' index 2 using 1:2 with linespoints lc rgb '#009E73' lw 3 dt 1 pt 9 ps 1.5 notitle, \
  'fig14-column-compression.dat' index 3 using 1:2 with linespoints lc rgb '#CC79A7' lw 3 dt 1 pt 13 ps 1.5 notitle, \
  'fig14-column-compression.dat' index 4 using 1:2 with linespoints lc rgb '#56B4E9' lw 3 dt 1 pt 11 ps 1.5 notitle, \
  'fig14-column-compression.dat' index 5 using 1:2 with linespoints lc rgb '#E69F00' lw 2 dt (12,8) pt 4 ps 2.4 notitle
unset multiplot
unset output
pass = pass + 1
if (pass == 2) load 'fig14-column-compression.gp'
