# Bytes stored by ten checkpoints under each scheme
# real data: CIFAR-10, the first 20000 training images (VGG16 pre-trained on 8000 of them)
# fig6b-dnn-storage  ·  scale small  ·  commit bc6712a6
# To draw fig6b-dnn-storage.png and fig6b-dnn-storage.svg again, in this folder: gnuplot fig6b-dnn-storage.gp
if (!exists("pass")) pass = 1
if (pass == 1) set terminal pngcairo noenhanced size 1600,1382 font 'DejaVu Sans,15' background '#ffffff'
if (pass == 1) set output 'fig6b-dnn-storage.png'
if (pass == 2) set terminal svg noenhanced size 1600,1382 font 'DejaVu Sans,20' background '#ffffff'
if (pass == 2) set output 'fig6b-dnn-storage.svg'
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
set label 'Bytes stored by ten checkpoints under each scheme' at screen 0.0275,0.9682 left font type21 textcolor rgb '#222222'
set label 'real data: CIFAR-10, the first 20000 training images (VGG16 pre-trained on 8000 of them)' at screen 0.0275,0.9363 left font type15 textcolor rgb '#00785A'
set label 'Partitions and catalogue, without the weights, as a share of what the paper’s STORE_ALL with gzip takes here. Hatched: the paper’s shares (figure' at screen 0.0275,0.2113 left font type13 textcolor rgb '#222222'
set label '6b, 50,000 images, in gzip). The paper gives no number for DEDUP without pooling and for 8BIT+DEDUP.' at screen 0.0275,0.191 left font type13 textcolor rgb '#222222'
set label 'Beyond the paper: BOUND(kept), the widest bound of each layer under which its mean CCA coefficient with the exact values falls by at most 0.002, as' at screen 0.0275,0.1708 left font type13 textcolor rgb '#222222'
set label 'its first rows tell, and layers of at most 512 values exact; and a ladder, which is exact and has a base within a fifth of the layer’s root mean' at screen 0.0275,0.1505 left font type13 textcolor rgb '#222222'
set label 'square.' at screen 0.0275,0.1302 left font type13 textcolor rgb '#222222'
set label 'Without ‘gzip’ the encodings are chosen by content. S is the side of each layer’s maps. LP gzip: values in float16, of pooled ones too, which the' at screen 0.0275,0.11 left font type13 textcolor rgb '#222222'
set label 'paper does not say of its own; but with float16 the CNN’s pooled bytes follow from those of its other schemes, and VGG16’s nearly.' at screen 0.0275,0.0897 left font type13 textcolor rgb '#222222'
set label 'CIFAR10_CNN is the Keras example’s 18 layers: ReLU, dropout and flatten are layers of their own, so that values before ReLU are stored too. VGG16’s' at screen 0.0275,0.0695 left font type13 textcolor rgb '#222222'
set label 'convolutions are pre-trained on what the line of the data says, and then frozen: unless it names a file of weights, not on ImageNet.' at screen 0.0275,0.0492 left font type13 textcolor rgb '#222222'
set label 'fig6b-dnn-storage  ·  scale small  ·  commit bc6712a6' at screen 0.0275,0.0174 left font type11 textcolor rgb '#666666'
set key at screen 0.0275,0.9146 left top horizontal Left reverse maxcols 2 samplen 2.5 width 1 height 0.2 font type15 textcolor rgb '#222222'
plot NaN notitle, \
  keyentry with boxes lc rgb '#0072B2' lw 1.5 fs solid 0.92 border lc rgb '#0072B2' title 'stored', \
  keyentry with boxes lc rgb '#0072B2' lw 1.5 fs pattern 4 border lc rgb '#0072B2' title 'stored, paper'
unset label; unset key

# Panel: CIFAR10_CNN, 1,000 images: STORE_ALL gzip is 4.54 GB, in the paper 242 GB
set border 3 lw 1.2 lc rgb '#888888'
set lmargin at screen 0.0888; set rmargin at screen 0.97
set tmargin at screen 0.8466; set bmargin at screen 0.6881
set title 'CIFAR10_CNN, 1,000 images: STORE_ALL gzip is 4.54 GB, in the paper 242 GB' font type15 textcolor rgb '#222222' offset 0,-0.4
set xlabel 'scheme' font type15 textcolor rgb '#222222'
set ylabel '% of STORE_ALL gzip' font type15 textcolor rgb '#222222'
unset logscale; unset colorbox; set tics font type13 textcolor rgb '#222222'
set xtics autofreq nomirror norotate; set ytics autofreq nomirror; unset mxtics; unset mytics
set grid ytics lt 1 lc rgb '#E2E2E2' lw 1; set xrange [*:*] noreverse; set yrange [*:*] noreverse
set yrange [0.1:2320.758683171208]
set logscale y 10; set mytics 10
set format y '%g'
set xtics scale 0 ('STORE_ALL gzip' 0, 'LP gzip' 1, '8BIT gzip' 2, 'pool(2) gzip' 3, 'pool(S) gzip' 4, 'pool(2)+DEDUP gzip' 5, 'pool(2) LP gzip' 6, 'pool(S) LP gzip' 7, 'pool(2)+DEDUP LP gzip' 8, 'STORE_ALL' 9, 'LP' 10, '8BIT' 11, 'pool(2)' 12, 'pool(S)' 13, 'DEDUP' 14, 'pool(2)+DEDUP' 15, '8BIT+DEDUP' 16, 'BOUND(kept)+DEDUP' 17, 'ladder(0.2 rms)+DEDUP' 18) rotate by 25 right
set xrange [-0.6:18.6]
plot 'fig6b-dnn-storage.dat' index 0 using 1:2:(0.3772) with boxes lc rgb '#0072B2' lw 1.5 fs solid 0.92 border lc rgb '#0072B2' notitle, \
  'fig6b-dnn-storage.dat' index 0 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'fig6b-dnn-storage.dat' index 1 using 1:2:(0.3772) with boxes lc rgb '#0072B2' lw 1.5 fs pattern 4 border lc rgb '#0072B2' notitle, \
  'fig6b-dnn-storage.dat' index 1 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle

# Panel: CIFAR10_VGG16, 1,000 images: STORE_ALL gzip is 4.74 GB, in the paper 350 GB
set border 3 lw 1.2 lc rgb '#888888'
set lmargin at screen 0.0888; set rmargin at screen 0.97
set tmargin at screen 0.521; set bmargin at screen 0.3625
set title 'CIFAR10_VGG16, 1,000 images: STORE_ALL gzip is 4.74 GB, in the paper 350 GB' font type15 textcolor rgb '#222222' offset 0,-0.4
set xlabel 'scheme' font type15 textcolor rgb '#222222'
set ylabel '% of STORE_ALL gzip' font type15 textcolor rgb '#222222'
unset logscale; unset colorbox; set tics font type13 textcolor rgb '#222222'
set xtics autofreq nomirror norotate; set ytics autofreq nomirror; unset mxtics; unset mytics
set grid ytics lt 1 lc rgb '#E2E2E2' lw 1; set xrange [*:*] noreverse; set yrange [*:*] noreverse
set yrange [0.1:2320.758683171208]
set logscale y 10; set mytics 10
set format y '%g'
set xtics scale 0 ('STORE_ALL gzip' 0, 'LP gzip' 1, '8BIT gzip' 2, 'pool(2) gzip' 3, 'pool(S) gzip' 4, 'pool(2)+DEDUP gzip' 5, 'pool(2) LP gzip' 6, 'pool(S) LP gzip' 7, 'pool(2)+DEDUP LP gzip' 8, 'STORE_ALL' 9, 'LP' 10, '8BIT' 11, 'pool(2)' 12, 'pool(S)' 13, 'DEDUP' 14, 'pool(2)+DEDUP' 15, '8BIT+DEDUP' 16, 'BOUND(kept)+DEDUP' 17, 'ladder(0.2 rms)+DEDUP' 18) rotate by 25 right
set xrange [-0.6:18.6]
plot 'fig6b-dnn-storage.dat' index 2 using 1:2:(0.3772) with boxes lc rgb '#0072B2' lw 1.5 fs solid 0.92 border lc rgb '#0072B2' notitle, \
  'fig6b-dnn-storage.dat' index 2 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle, \
  'fig6b-dnn-storage.dat' index 3 using 1:2:(0.3772) with boxes lc rgb '#0072B2' lw 1.5 fs pattern 4 border lc rgb '#0072B2' notitle, \
  'fig6b-dnn-storage.dat' index 3 using 1:4:5 with labels rotate by 90 left offset 0,0.5 font type12 textcolor rgb '#222222' notitle
unset multiplot
unset output
pass = pass + 1
if (pass == 2) load 'fig6b-dnn-storage.gp'
