# Query time on Zillow pipelines: re-running against reading
# generated data: Zillow tables of 100000 properties and 30000 sales, seed 2018
# fig5a-zillow-queries  ·  scale small  ·  commit bc6712a6
# To draw fig5a-zillow-queries.png and fig5a-zillow-queries.svg again, in this folder: gnuplot fig5a-zillow-queries.gp
if (!exists("pass")) pass = 1
if (pass == 1) set terminal pngcairo noenhanced size 1600,1000 font 'DejaVu Sans,15' background '#ffffff'
if (pass == 1) set output 'fig5a-zillow-queries.png'
if (pass == 2) set terminal svg noenhanced size 1600,1000 font 'DejaVu Sans,20' background '#ffffff'
if (pass == 2) set output 'fig5a-zillow-queries.svg'
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
set label 'Query time on Zillow pipelines: re-running against reading' at screen 0.0275,0.956 left font type21 textcolor rgb '#222222'
set label 'generated data: Zillow tables of 100000 properties and 30000 sales, seed 2018' at screen 0.0275,0.912 left font type15 textcolor rgb '#D55E00'
set label 'Medians with the smallest and largest repetition; long re-runs may be timed once. Cold: files opened anew, not in the page cache. Warm: the same' at screen 0.0275,0.152 left font type13 textcolor rgb '#222222'
set label 'question again. Re-run: with the model still in memory; beside it one that loads what was fitted, as the paper’s do. ●: what the chosen plan does;' at screen 0.0275,0.124 left font type13 textcolor rgb '#222222'
set label 'none where it reads some intermediates and re-runs others. Every answer was compared with the re-run’s, bit for bit.' at screen 0.0275,0.096 left font type13 textcolor rgb '#222222'
set label 'Hatched: the paper’s own times (figure 5a), over the Kaggle tables of 2,985,217 homes, on another machine.' at screen 0.0275,0.068 left font type13 textcolor rgb '#222222'
set label 'fig5a-zillow-queries  ·  scale small  ·  commit bc6712a6' at screen 0.0275,0.024 left font type11 textcolor rgb '#666666'
set key at screen 0.0275,0.882 left top horizontal Left reverse maxcols 3 samplen 2.5 width 1 height 0.2 font type15 textcolor rgb '#222222'
plot NaN notitle, \
  keyentry with boxes lc rgb '#0072B2' lw 1.5 fs solid 0.92 border lc rgb '#0072B2' title 're-run', \
  keyentry with boxes lc rgb '#0072B2' lw 1.5 fs pattern 4 border lc rgb '#0072B2' title 're-run, paper', \
  keyentry with boxes lc rgb '#E69F00' lw 1.5 fs solid 0.92 border lc rgb '#E69F00' title 're-run, loading the model', \
  keyentry with boxes lc rgb '#009E73' lw 1.5 fs solid 0.92 border lc rgb '#009E73' title 'read, cold', \
  keyentry with boxes lc rgb '#CC79A7' lw 1.5 fs solid 0.92 border lc rgb '#CC79A7' title 'read, warm', \
  keyentry with boxes lc rgb '#CC79A7' lw 1.5 fs pattern 4 border lc rgb '#CC79A7' title 'read, paper', \
  keyentry with boxes lc rgb '#56B4E9' lw 1.5 fs solid 0.92 border lc rgb '#56B4E9' title 'chosen plan'
unset label; unset key

# Panel: time (s)
set border 3 lw 1.2 lc rgb '#888888'
set lmargin at screen 0.0888; set rmargin at screen 0.97
set tmargin at screen 0.744; set bmargin at screen 0.264
unset title
set xlabel 'query' font type15 textcolor rgb '#222222'
set ylabel 'time (s)' font type15 textcolor rgb '#222222'
unset logscale; unset colorbox; set tics font type13 textcolor rgb '#222222'
set xtics autofreq nomirror norotate; set ytics autofreq nomirror; unset mxtics; unset mytics
set grid ytics lt 1 lc rgb '#E2E2E2' lw 1; set xrange [*:*] noreverse; set yrange [*:*] noreverse
set yrange [0.0001:5985.940957052459]
set logscale y 10; set mytics 10
set format y '%g'
set xtics scale 0 ('POINTQ' 0, 'TOPK' 1, 'COL_DIFF' 2, 'COL_DIST' 3, 'KNN' 4, 'ROW_DIFF' 5, 'CORR' 6, 'VIS' 7)
set xrange [-0.6:7.6]
plot 'fig5a-zillow-queries.dat' index 0 using 1:2:(0.1078) with boxes lc rgb '#0072B2' lw 1.5 fs solid 0.92 border lc rgb '#0072B2' notitle, \
  'fig5a-zillow-queries.dat' index 0 using 1:3:(0):($4-$3) with vectors heads size screen 0.003,90 lc rgb '#222222' lw 1.5 notitle, \
  'fig5a-zillow-queries.dat' index 0 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'fig5a-zillow-queries.dat' index 1 using 1:2:(0.1078) with boxes lc rgb '#0072B2' lw 1.5 fs pattern 4 border lc rgb '#0072B2' notitle, \
  'fig5a-zillow-queries.dat' index 1 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'fig5a-zillow-queries.dat' index 2 using 1:2:(0.1078) with boxes lc rgb '#E69F00' lw 1.5 fs solid 0.92 border lc rgb '#E69F00' notitle, \
  'fig5a-zillow-queries.dat' index 2 using 1:3:(0):($4-$3) with vectors heads size screen 0.003,90 lc rgb '#222222' lw 1.5 notitle, \
  'fig5a-zillow-queries.dat' index 2 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'fig5a-zillow-queries.dat' index 3 using 1:2:(0.1078) with boxes lc rgb '#009E73' lw 1.5 fs solid 0.92 border lc rgb '#009E73' notitle, \
  'fig5a-zillow-queries.dat' index 3 using 1:3:(0):($4-$3) with vectors heads size screen 0.003,90 lc rgb '#222222' lw 1.5 notitle, \
  'fig5a-zillow-queries.dat' index 3 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'fig5a-zillow-queries.dat' index 4 using 1:2:(0.1078) with boxes lc rgb '#CC79A7' lw 1.5 fs solid 0.92 border lc rgb '#CC79A7' notitle, \
  'fig5a-zillow-queries.dat' index 4 using 1:3:(0):($4-$3) with vectors heads size screen 0.003,90 lc rgb '#222222' lw 1.5 notitle, \
  'fig5a-zillow-queries.dat' index 4 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'fig5a-zillow-queries.dat' index 5 using 1:2:(0.1078) with boxes lc rgb '#CC79A7' lw 1.5 fs pattern 4 border lc rgb '#CC79A7' notitle, \
  'fig5a-zillow-queries.dat' index 5 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'fig5a-zillow-queries.dat' index 6 using 1:2:(0.1078) with boxes lc rgb '#56B4E9' lw 1.5 fs solid 0.92 border lc rgb '#56B4E9' notitle, \
  'fig5a-zillow-queries.dat' index 6 using 1:3:(0):($4-$3) with vectors heads size screen 0.003,90 lc rgb '#222222' lw 1.5 notitle, \
  'fig5a-zillow-queries.dat' index 6 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle
unset multiplot
unset output
pass = pass + 1
if (pass == 2) load 'fig5a-zillow-queries.gp'
