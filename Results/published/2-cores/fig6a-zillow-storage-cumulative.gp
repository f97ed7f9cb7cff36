# Bytes stored, pipeline after pipeline
# generated data: Zillow tables of 100000 properties and 30000 sales, seed 2018
# fig6a-zillow-storage  ·  scale small  ·  commit bc6712a6
# To draw fig6a-zillow-storage-cumulative.png and fig6a-zillow-storage-cumulative.svg again, in this folder: gnuplot fig6a-zillow-storage-cumulative.gp
if (!exists("pass")) pass = 1
if (pass == 1) set terminal pngcairo noenhanced size 1600,1000 font 'DejaVu Sans,15' background '#ffffff'
if (pass == 1) set output 'fig6a-zillow-storage-cumulative.png'
if (pass == 2) set terminal svg noenhanced size 1600,1000 font 'DejaVu Sans,20' background '#ffffff'
if (pass == 2) set output 'fig6a-zillow-storage-cumulative.svg'
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
set label 'Bytes stored, pipeline after pipeline' at screen 0.0275,0.956 left font type21 textcolor rgb '#222222'
set label 'generated data: Zillow tables of 100000 properties and 30000 sales, seed 2018' at screen 0.0275,0.912 left font type15 textcolor rgb '#D55E00'
set label 'Five settings of each template, one template after the other. STORE_ALL grows by what a template emits, and the last emit three times as much as the' at screen 0.0275,0.124 left font type13 textcolor rgb '#222222'
set label 'first.' at screen 0.0275,0.096 left font type13 textcolor rgb '#222222'
set label 'Paper (figure 6a): DEDUP takes 0.149, 0.448 and 2.114 GB after 1, 10 and 50 pipelines: 4.7 times as much after 50 as after 10.' at screen 0.0275,0.068 left font type13 textcolor rgb '#222222'
set label 'fig6a-zillow-storage  ·  scale small  ·  commit bc6712a6' at screen 0.0275,0.024 left font type11 textcolor rgb '#666666'
set key at screen 0.0275,0.882 left top horizontal Left reverse maxcols 3 samplen 2.5 width 1 height 0.2 font type15 textcolor rgb '#222222'
plot NaN notitle, \
  keyentry with lines lc rgb '#0072B2' lw 3 dt 1 title 'STORE_ALL gzip', \
  keyentry with lines lc rgb '#E69F00' lw 3 dt 1 title 'STORE_ALL', \
  keyentry with lines lc rgb '#009E73' lw 3 dt 1 title 'DEDUP', \
  keyentry with lines lc rgb '#CC79A7' lw 3 dt 1 title 'DEDUP+derived', \
  keyentry with lines lc rgb '#56B4E9' lw 3 dt 1 title 'DEDUP, unrounded', \
  keyentry with lines lc rgb '#D55E00' lw 3 dt 1 title 'DEDUP+derived, unrounded', \
  keyentry with lines lc rgb '#555555' lw 3 dt 1 title 'DEDUP, rounded', \
  keyentry with lines lc rgb '#8C6D1F' lw 3 dt 1 title 'DEDUP+derived, rounded', \
  keyentry with linespoints lc rgb '#56B4E9' lw 2 dt (12,8) pt 10 ps 2.4 title 'DEDUP, paper'
unset label; unset key

# Panel: Unrounded predictions
set border 3 lw 1.2 lc rgb '#888888'
set lmargin at screen 0.1075; set rmargin at screen 0.32
set tmargin at screen 0.716; set bmargin at screen 0.236
set title 'Unrounded predictions' font type15 textcolor rgb '#222222' offset 0,-0.4
set xlabel 'pipelines logged' font type15 textcolor rgb '#222222'
set ylabel 'stored bytes' font type15 textcolor rgb '#222222'
unset logscale; unset colorbox; set tics font type13 textcolor rgb '#222222'
set xtics autofreq nomirror norotate; set ytics autofreq nomirror; unset mxtics; unset mytics
set grid ytics lt 1 lc rgb '#E2E2E2' lw 1; set xrange [*:*] noreverse; set yrange [*:*] noreverse
set xrange [-0.96:52.94]
set format x '%g'
set yrange [0.0:2376456021.58]
set ytics ('0 B' 0.0, '500 MB' 500000000.0, '1 GB' 1000000000.0, '1.5 GB' 1500000000.0, '2 GB' 2000000000.0)
set format y '%.0s %cB'
set grid xtics ytics lt 1 lc rgb '#E2E2E2' lw 1
plot 'fig6a-zillow-storage-cumulative.dat' index 0 using 1:2 with lines lc rgb '#0072B2' lw 3 dt 1 notitle, \
  'fig6a-zillow-storage-cumulative.dat' index 1 using 1:2 with lines lc rgb '#E69F00' lw 3 dt 1 notitle, \
  'fig6a-zillow-storage-cumulative.dat' index 2 using 1:2 with lines lc rgb '#009E73' lw 3 dt 1 notitle, \
  'fig6a-zillow-storage-cumulative.dat' index 3 using 1:2 with lines lc rgb '#CC79A7' lw 3 dt 1 notitle

# Panel: DEDUP alone
set border 3 lw 1.2 lc rgb '#888888'
set lmargin at screen 0.4325; set rmargin at screen 0.645
set tmargin at screen 0.716; set bmargin at screen 0.236
set title 'DEDUP alone' font type15 textcolor rgb '#222222' offset 0,-0.4
set xlabel 'pipelines logged' font type15 textcolor rgb '#222222'
set ylabel 'stored bytes' font type15 textcolor rgb '#222222'
unset logscale; unset colorbox; set tics font type13 textcolor rgb '#222222'
set xtics autofreq nomirror norotate; set ytics autofreq nomirror; unset mxtics; unset mytics
set grid ytics lt 1 lc rgb '#E2E2E2' lw 1; set xrange [*:*] noreverse; set yrange [*:*] noreverse
set xrange [-0.96:52.94]
set format x '%g'
set yrange [0.0:52770522.72]
set ytics ('0 B' 0.0, '10 MB' 10000000.0, '20 MB' 20000000.0, '30 MB' 30000000.0, '40 MB' 40000000.0, '50 MB' 50000000.0)
set format y '%.0s %cB'
set grid xtics ytics lt 1 lc rgb '#E2E2E2' lw 1
plot 'fig6a-zillow-storage-cumulative.dat' index 4 using 1:2 with lines lc rgb '#56B4E9' lw 3 dt 1 notitle, \
  'fig6a-zillow-storage-cumulative.dat' index 5 using 1:2 with lines lc rgb '#D55E00' lw 3 dt 1 notitle, \
  'fig6a-zillow-storage-cumulative.dat' index 6 using 1:2 with lines lc rgb '#555555' lw 3 dt 1 notitle, \
  'fig6a-zillow-storage-cumulative.dat' index 7 using 1:2 with lines lc rgb '#8C6D1F' lw 3 dt 1 notitle

# Panel: DEDUP, growth
set border 3 lw 1.2 lc rgb '#888888'
set lmargin at screen 0.7388; set rmargin at screen 0.97
set tmargin at screen 0.716; set bmargin at screen 0.236
set title 'DEDUP, growth' font type15 textcolor rgb '#222222' offset 0,-0.4
set xlabel 'pipelines logged' font type15 textcolor rgb '#222222'
set ylabel 'stored bytes / after 10 pipelines' font type15 textcolor rgb '#222222'
unset logscale; unset colorbox; set tics font type13 textcolor rgb '#222222'
set xtics autofreq nomirror norotate; set ytics autofreq nomirror; unset mxtics; unset mytics
set grid ytics lt 1 lc rgb '#E2E2E2' lw 1; set xrange [*:*] noreverse; set yrange [*:*] noreverse
set xrange [-0.96:52.94]
set format x '%g'
set yrange [0.0:5.001875]
set format y '%g'
set grid xtics ytics lt 1 lc rgb '#E2E2E2' lw 1
plot 'fig6a-zillow-storage-cumulative.dat' index 8 using 1:2 with lines lc rgb '#56B4E9' lw 3 dt 1 notitle, \
  'fig6a-zillow-storage-cumulative.dat' index 9 using 1:2 with lines lc rgb '#D55E00' lw 3 dt 1 notitle, \
  'fig6a-zillow-storage-cumulative.dat' index 10 using 1:2 with lines lc rgb '#555555' lw 3 dt 1 notitle, \
  'fig6a-zillow-storage-cumulative.dat' index 11 using 1:2 with lines lc rgb '#8C6D1F' lw 3 dt 1 notitle, \
  'fig6a-zillow-storage-cumulative.dat' index 12 using 1:2 with linespoints lc rgb '#56B4E9' lw 2 dt (12,8) pt 10 ps 2.4 notitle
unset multiplot
unset output
pass = pass + 1
if (pass == 2) load 'fig6a-zillow-storage-cumulative.gp'
