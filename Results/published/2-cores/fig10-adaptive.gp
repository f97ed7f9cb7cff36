# 25 random questions of Zillow pipelines under adaptive materialization
# generated data: Zillow tables of 100000 properties and 30000 sales, seed 2018
# fig10-adaptive  ·  scale small  ·  commit bc6712a6
# To draw fig10-adaptive.png and fig10-adaptive.svg again, in this folder: gnuplot fig10-adaptive.gp
if (!exists("pass")) pass = 1
if (pass == 1) set terminal pngcairo noenhanced size 1600,1334 font 'DejaVu Sans,15' background '#ffffff'
if (pass == 1) set output 'fig10-adaptive.png'
if (pass == 2) set terminal svg noenhanced size 1600,1334 font 'DejaVu Sans,20' background '#ffffff'
if (pass == 2) set output 'fig10-adaptive.svg'
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
set label '25 random questions of Zillow pipelines under adaptive materialization' at screen 0.0275,0.967 left font type21 textcolor rgb '#222222'
set label 'generated data: Zillow tables of 100000 properties and 30000 sales, seed 2018' at screen 0.0275,0.934 left font type15 textcolor rgb '#D55E00'
set label 'Pipelines P1_a, P2_a, P9_a, under our encodings, DEDUP with derived columns. gamma in s/GB; the paper’s 0.5 s/KB is 500,000. A budget is a share of' at screen 0.0275,0.1559 left font type13 textcolor rgb '#222222'
set label 'what DEDUP’s intermediates take. Without trained transformers and catalogue. A time includes storing what the question has made worth it. Every' at screen 0.0275,0.1349 left font type13 textcolor rgb '#222222'
set label 'answer is the same under every policy, bit for bit.' at screen 0.0275,0.1139 left font type13 textcolor rgb '#222222'
set label 'The same pipelines take 118 MB under STORE_ALL gzip and 11.7 MB under DEDUP Algorithm 4.' at screen 0.0275,0.093 left font type13 textcolor rgb '#222222'
set label 'Paper (figure 10), 0.5 s/KB, fifty pipelines over the Kaggle tables: 0.2 GB stored against 6.7 (DEDUP) and 67 (STORE_ALL); VIS 20 to 1.7 s after 15' at screen 0.0275,0.072 left font type13 textcolor rgb '#222222'
set label 'questions, COL_DIFF 75 to 26 s after 5, COL_DIST flat at 14.5 s.' at screen 0.0275,0.051 left font type13 textcolor rgb '#222222'
set label 'fig10-adaptive  ·  scale small  ·  commit bc6712a6' at screen 0.0275,0.018 left font type11 textcolor rgb '#666666'
set key at screen 0.0275,0.9115 left top horizontal Left reverse maxcols 6 samplen 2.5 width 1 height 0.2 font type15 textcolor rgb '#222222'
plot NaN notitle, \
  keyentry with linespoints lc rgb '#0072B2' lw 3 dt 1 pt 7 ps 1.5 title 'DEDUP', \
  keyentry with linespoints lc rgb '#E69F00' lw 3 dt 1 pt 5 ps 1.5 title 'STORE_ALL', \
  keyentry with linespoints lc rgb '#009E73' lw 3 dt 1 pt 9 ps 1.5 title 'gamma 0', \
  keyentry with linespoints lc rgb '#CC79A7' lw 3 dt 1 pt 13 ps 1.5 title 'gamma 100', \
  keyentry with linespoints lc rgb '#56B4E9' lw 3 dt 1 pt 11 ps 1.5 title 'gamma 1000', \
  keyentry with linespoints lc rgb '#D55E00' lw 3 dt 1 pt 7 ps 1.5 title 'gamma 10000', \
  keyentry with linespoints lc rgb '#555555' lw 3 dt 1 pt 5 ps 1.5 title 'gamma 500000'
unset label; unset key

# Panel: stored intermediates
set border 3 lw 1.2 lc rgb '#888888'
set lmargin at screen 0.1075; set rmargin at screen 0.32
set tmargin at screen 0.8141; set bmargin at screen 0.5772
set title 'stored intermediates' font type15 textcolor rgb '#222222' offset 0,-0.4
set xlabel 'question' font type15 textcolor rgb '#222222'
set ylabel 'bytes' font type15 textcolor rgb '#222222'
unset logscale; unset colorbox; set tics font type13 textcolor rgb '#222222'
set xtics autofreq nomirror norotate; set ytics autofreq nomirror; unset mxtics; unset mytics
set grid ytics lt 1 lc rgb '#E2E2E2' lw 1; set xrange [*:*] noreverse; set yrange [*:*] noreverse
set xrange [0.0:26.0]
set format x '%g'
set yrange [5369.866906238843:97288061.6003787]
set logscale y 10; set mytics 10
set format y '%.0s %cB'
set grid xtics ytics lt 1 lc rgb '#E2E2E2' lw 1
plot 'fig10-adaptive.dat' index 0 using 1:2 with linespoints lc rgb '#0072B2' lw 3 dt 1 pt 7 ps 1.5 notitle, \
  'fig10-adaptive.dat' index 1 using 1:2 with linespoints lc rgb '#E69F00' lw 3 dt 1 pt 5 ps 1.5 notitle, \
  'fig10-adaptive.dat' index 2 using 1:2 with linespoints lc rgb '#009E73' lw 3 dt 1 pt 9 ps 1.5 notitle, \
  'fig10-adaptive.dat' index 3 using 1:2 with linespoints lc rgb '#CC79A7' lw 3 dt 1 pt 13 ps 1.5 notitle, \
  'fig10-adaptive.dat' index 4 using 1:2 with linespoints lc rgb '#56B4E9' lw 3 dt 1 pt 11 ps 1.5 notitle, \
  'fig10-adaptive.dat' index 5 using 1:2 with linespoints lc rgb '#D55E00' lw 3 dt 1 pt 7 ps 1.5 notitle, \
  'fig10-adaptive.dat' index 6 using 1:2 with linespoints lc rgb '#555555' lw 3 dt 1 pt 5 ps 1.5 notitle

# Panel: intermediates stored
set border 3 lw 1.2 lc rgb '#888888'
set lmargin at screen 0.4138; set rmargin at screen 0.645
set tmargin at screen 0.8141; set bmargin at screen 0.5772
set title 'intermediates stored' font type15 textcolor rgb '#222222' offset 0,-0.4
set xlabel 'question' font type15 textcolor rgb '#222222'
set ylabel 'intermediates' font type15 textcolor rgb '#222222'
unset logscale; unset colorbox; set tics font type13 textcolor rgb '#222222'
set xtics autofreq nomirror norotate; set ytics autofreq nomirror; unset mxtics; unset mytics
set grid ytics lt 1 lc rgb '#E2E2E2' lw 1; set xrange [*:*] noreverse; set yrange [*:*] noreverse
set xrange [0.0:26.0]
set format x '%g'
set yrange [0.0:9.54]
set format y '%g'
set grid xtics ytics lt 1 lc rgb '#E2E2E2' lw 1
plot 'fig10-adaptive.dat' index 7 using 1:2 with linespoints lc rgb '#009E73' lw 3 dt 1 pt 9 ps 1.5 notitle, \
  'fig10-adaptive.dat' index 8 using 1:2 with linespoints lc rgb '#CC79A7' lw 3 dt 1 pt 13 ps 1.5 notitle, \
  'fig10-adaptive.dat' index 9 using 1:2 with linespoints lc rgb '#56B4E9' lw 3 dt 1 pt 11 ps 1.5 notitle, \
  'fig10-adaptive.dat' index 10 using 1:2 with linespoints lc rgb '#D55E00' lw 3 dt 1 pt 7 ps 1.5 notitle, \
  'fig10-adaptive.dat' index 11 using 1:2 with linespoints lc rgb '#555555' lw 3 dt 1 pt 5 ps 1.5 notitle

# Panel: all questions so far
set border 3 lw 1.2 lc rgb '#888888'
set lmargin at screen 0.7388; set rmargin at screen 0.97
set tmargin at screen 0.8141; set bmargin at screen 0.5772
set title 'all questions so far' font type15 textcolor rgb '#222222' offset 0,-0.4
set xlabel 'question' font type15 textcolor rgb '#222222'
set ylabel 'time (s)' font type15 textcolor rgb '#222222'
unset logscale; unset colorbox; set tics font type13 textcolor rgb '#222222'
set xtics autofreq nomirror norotate; set ytics autofreq nomirror; unset mxtics; unset mytics
set grid ytics lt 1 lc rgb '#E2E2E2' lw 1; set xrange [*:*] noreverse; set yrange [*:*] noreverse
set xrange [0.0:26.0]
set format x '%g'
set yrange [0.0:3.419347481672885]
set format y '%g'
set grid xtics ytics lt 1 lc rgb '#E2E2E2' lw 1
plot 'fig10-adaptive.dat' index 12 using 1:2 with linespoints lc rgb '#0072B2' lw 3 dt 1 pt 7 ps 1.5 notitle, \
  'fig10-adaptive.dat' index 13 using 1:2 with linespoints lc rgb '#E69F00' lw 3 dt 1 pt 5 ps 1.5 notitle, \
  'fig10-adaptive.dat' index 14 using 1:2 with linespoints lc rgb '#009E73' lw 3 dt 1 pt 9 ps 1.5 notitle, \
  'fig10-adaptive.dat' index 15 using 1:2 with linespoints lc rgb '#CC79A7' lw 3 dt 1 pt 13 ps 1.5 notitle, \
  'fig10-adaptive.dat' index 16 using 1:2 with linespoints lc rgb '#56B4E9' lw 3 dt 1 pt 11 ps 1.5 notitle, \
  'fig10-adaptive.dat' index 17 using 1:2 with linespoints lc rgb '#D55E00' lw 3 dt 1 pt 7 ps 1.5 notitle, \
  'fig10-adaptive.dat' index 18 using 1:2 with linespoints lc rgb '#555555' lw 3 dt 1 pt 5 ps 1.5 notitle

# Panel: VIS
set border 3 lw 1.2 lc rgb '#888888'
set lmargin at screen 0.0888; set rmargin at screen 0.32
set tmargin at screen 0.4768; set bmargin at screen 0.2399
set title 'VIS' font type15 textcolor rgb '#222222' offset 0,-0.4
set xlabel 'question' font type15 textcolor rgb '#222222'
set ylabel 'time (s)' font type15 textcolor rgb '#222222'
unset logscale; unset colorbox; set tics font type13 textcolor rgb '#222222'
set xtics autofreq nomirror norotate; set ytics autofreq nomirror; unset mxtics; unset mytics
set grid ytics lt 1 lc rgb '#E2E2E2' lw 1; set xrange [*:*] noreverse; set yrange [*:*] noreverse
set xrange [0.0:26.0]
set format x '%g'
set yrange [0.05431642500861522:0.31466817633458877]
set logscale y 10; set mytics 10
set format y '%g'
set grid xtics ytics lt 1 lc rgb '#E2E2E2' lw 1
plot 'fig10-adaptive.dat' index 19 using 1:2 with linespoints lc rgb '#0072B2' lw 3 dt 1 pt 7 ps 1.5 notitle, \
  'fig10-adaptive.dat' index 20 using 1:2 with linespoints lc rgb '#E69F00' lw 3 dt 1 pt 5 ps 1.5 notitle, \
  'fig10-adaptive.dat' index 21 using 1:2 with linespoints lc rgb '#009E73' lw 3 dt 1 pt 9 ps 1.5 notitle, \
  'fig10-adaptive.dat' index 22 using 1:2 with linespoints lc rgb '#CC79A7' lw 3 dt 1 pt 13 ps 1.5 notitle, \
  'fig10-adaptive.dat' index 23 using 1:2 with linespoints lc rgb '#56B4E9' lw 3 dt 1 pt 11 ps 1.5 notitle, \
  'fig10-adaptive.dat' index 24 using 1:2 with linespoints lc rgb '#D55E00' lw 3 dt 1 pt 7 ps 1.5 notitle, \
  'fig10-adaptive.dat' index 25 using 1:2 with linespoints lc rgb '#555555' lw 3 dt 1 pt 5 ps 1.5 notitle

# Panel: COL_DIFF
set border 3 lw 1.2 lc rgb '#888888'
set lmargin at screen 0.4138; set rmargin at screen 0.645
set tmargin at screen 0.4768; set bmargin at screen 0.2399
set title 'COL_DIFF' font type15 textcolor rgb '#222222' offset 0,-0.4
set xlabel 'question' font type15 textcolor rgb '#222222'
set ylabel 'time (s)' font type15 textcolor rgb '#222222'
unset logscale; unset colorbox; set tics font type13 textcolor rgb '#222222'
set xtics autofreq nomirror norotate; set ytics autofreq nomirror; unset mxtics; unset mytics
set grid ytics lt 1 lc rgb '#E2E2E2' lw 1; set xrange [*:*] noreverse; set yrange [*:*] noreverse
set xrange [0.0:26.0]
set format x '%g'
set yrange [0.0022890346804960815:0.3141408679734442]
set logscale y 10; set mytics 10
set format y '%g'
set grid xtics ytics lt 1 lc rgb '#E2E2E2' lw 1
plot 'fig10-adaptive.dat' index 26 using 1:2 with linespoints lc rgb '#0072B2' lw 3 dt 1 pt 7 ps 1.5 notitle, \
  'fig10-adaptive.dat' index 27 using 1:2 with linespoints lc rgb '#E69F00' lw 3 dt 1 pt 5 ps 1.5 notitle, \
  'fig10-adaptive.dat' index 28 using 1:2 with linespoints lc rgb '#009E73' lw 3 dt 1 pt 9 ps 1.5 notitle, \
  'fig10-adaptive.dat' index 29 using 1:2 with linespoints lc rgb '#CC79A7' lw 3 dt 1 pt 13 ps 1.5 notitle, \
  'fig10-adaptive.dat' index 30 using 1:2 with linespoints lc rgb '#56B4E9' lw 3 dt 1 pt 11 ps 1.5 notitle, \
  'fig10-adaptive.dat' index 31 using 1:2 with linespoints lc rgb '#D55E00' lw 3 dt 1 pt 7 ps 1.5 notitle, \
  'fig10-adaptive.dat' index 32 using 1:2 with linespoints lc rgb '#555555' lw 3 dt 1 pt 5 ps 1.5 notitle

# Panel: COL_DIST
set border 3 lw 1.2 lc rgb '#888888'
set lmargin at screen 0.7388; set rmargin at screen 0.97
set tmargin at screen 0.4768; set bmargin at screen 0.2399
set title 'COL_DIST' font type15 textcolor rgb '#222222' offset 0,-0.4
set xlabel 'question' font type15 textcolor rgb '#222222'
set ylabel 'time (s)' font type15 textcolor rgb '#222222'
unset logscale; unset colorbox; set tics font type13 textcolor rgb '#222222'
set xtics autofreq nomirror norotate; set ytics autofreq nomirror; unset mxtics; unset mytics
set grid ytics lt 1 lc rgb '#E2E2E2' lw 1; set xrange [*:*] noreverse; set yrange [*:*] noreverse
set xrange [0.0:26.0]
set format x '%g'
set yrange [0.0009843158944762224:0.1886388448809126]
set logscale y 10; set mytics 10
set format y '%g'
set grid xtics ytics lt 1 lc rgb '#E2E2E2' lw 1
plot 'fig10-adaptive.dat' index 33 using 1:2 with linespoints lc rgb '#0072B2' lw 3 dt 1 pt 7 ps 1.5 notitle, \
  'fig10-adaptive.dat' index 34 using 1:2 with linespoints lc rgb '#E69F00' lw 3 dt 1 pt 5 ps 1.5 notitle, \
  'fig10-adaptive.dat' index 35 using 1:2 with linespoints lc rgb '#009E73' lw 3 dt 1 pt 9 ps 1.5 notitle, \
  'fig10-adaptive.dat' index 36 using 1:2 with linespoints lc rgb '#CC79A7' lw 3 dt 1 pt 13 ps 1.5 notitle, \
  'fig10-adaptive.dat' index 37 using 1:2 with linespoints lc rgb '#56B4E9' lw 3 dt 1 pt 11 ps 1.5 notitle, \
  'fig10-adaptive.dat' index 38 using 1:2 with linespoints lc rgb '#D55E00' lw 3 dt 1 pt 7 ps 1.5 notitle, \
  'fig10-adaptive.dat' index 39 using 1:2 with linespoints lc rgb '#555555' lw 3 dt 1 pt 5 ps 1.5 notitle
unset multiplot
unset output
pass = pass + 1
if (pass == 2) load 'fig10-adaptive.gp'
