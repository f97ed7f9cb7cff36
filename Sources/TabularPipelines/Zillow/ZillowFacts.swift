/// The measured facts of every column, in the order of the joined table.
enum ZillowFacts {
  /// Rows of the real properties_2016.csv.
  static let propertyCount = 2_985_217
  /// Rows of the real train_2016_v2.csv.
  static let transactionCount = 90_275

  static let byName: [String: ColumnFacts] = Dictionary(
    uniqueKeysWithValues: all.map { ($0.name, $0) })

  static let all: [ColumnFacts] = [
    ColumnFacts(
      "parcelid", missing: 0, distinct: 9956,
      quantiles: [
        10_712_086, 10746179.99, 10865643.4, 11_563_064, 12514120.5, 14174631.5, 17133685.1,
        17266969.24, 93_577_117,
      ]),
    ColumnFacts(
      "logerror", missing: 0, distinct: 903,
      quantiles: [-4.605, -0.3524, -0.137, -0.0222, 0.009, 0.045, 0.1832, 0.5377, 4.737]),
    ColumnFacts("transactiondate", missing: 0, distinct: 87),
    ColumnFacts(
      "airconditioningtypeid", missing: 0.6902, distinct: 4,
      frequencies: [(1, 0.928), (13, 0.0642), (5, 0.0061), (11, 0.0016)]),
    ColumnFacts(
      "architecturalstyletypeid", missing: 0.9966, distinct: 3,
      frequencies: [(7, 0.9412), (8, 0.0294), (2, 0.0294)]),
    ColumnFacts(
      "basementsqft", missing: 0.9996, distinct: 4,
      frequencies: [(814, 0.25), (330, 0.25), (168, 0.25), (671, 0.25)]),
    ColumnFacts(
      "bathroomcnt", missing: 0, distinct: 18,
      frequencies: [
        (2, 0.4015), (3, 0.216), (1, 0.171), (2.5, 0.0878), (4, 0.0441), (0, 0.019), (1.5, 0.0158),
        (5, 0.0132), (3.5, 0.0115), (4.5, 0.0081), (6, 0.004), (5.5, 0.0029), (7, 0.0019),
        (8, 0.0018), (9, 0.0006), (6.5, 0.0005), (7.5, 0.0002), (10, 0.0001),
      ]),
    ColumnFacts(
      "bedroomcnt", missing: 0, distinct: 14,
      frequencies: [
        (3, 0.391), (2, 0.2482), (4, 0.2214), (5, 0.0539), (1, 0.043), (0, 0.0219), (6, 0.0121),
        (8, 0.0041), (7, 0.0023), (9, 0.0014), (12, 0.0003), (16, 0.0002), (11, 0.0001),
        (10, 0.0001),
      ]),
    ColumnFacts("buildingclasstypeid", missing: 0.9998, distinct: 1, frequencies: [(4, 1)]),
    ColumnFacts(
      "buildingqualitytypeid", missing: 0.3539, distinct: 5,
      frequencies: [(7, 0.5275), (4, 0.3976), (1, 0.0474), (10, 0.0251), (12, 0.0025)]),
    ColumnFacts(
      "calculatedbathnbr", missing: 0.0192, distinct: 17,
      frequencies: [
        (2, 0.4094), (3, 0.2202), (1, 0.1743), (2.5, 0.0895), (4, 0.045), (1.5, 0.016), (5, 0.0135),
        (3.5, 0.0116), (4.5, 0.0083), (6, 0.0041), (5.5, 0.003), (7, 0.0019), (8, 0.0018),
        (9, 0.0006), (6.5, 0.0005), (7.5, 0.0002), (10, 0.0001),
      ]),
    ColumnFacts("decktypeid", missing: 0.9918, distinct: 1, frequencies: [(66, 1)]),
    ColumnFacts(
      "finishedfloor1squarefeet", missing: 0.9334, distinct: 521,
      quantiles: [64, 182.75, 556.5, 944, 1233, 1574, 2401.75, 3585.35, 4656]),
    ColumnFacts(
      "calculatedfinishedsquarefeet", missing: 0.0137, distinct: 2881,
      quantiles: [384, 622, 810, 1183, 1528, 2098.5, 3562, 5182.9, 16814]),
    ColumnFacts(
      "finishedsquarefeet12", missing: 0.0635, distinct: 2778,
      quantiles: [384, 621, 805, 1169, 1500, 2044, 3424.8, 5141.56, 16814]),
    ColumnFacts("finishedsquarefeet13", missing: 0.9999, distinct: 1, frequencies: [(1392, 1)]),
    ColumnFacts(
      "finishedsquarefeet15", missing: 0.9558, distinct: 400,
      quantiles: [847, 942.56, 1201.15, 1699.25, 2155, 2938.5, 4547.85, 5675.59, 6820]),
    ColumnFacts(
      "finishedsquarefeet50", missing: 0.9334, distinct: 522,
      quantiles: [64, 182.75, 556.5, 944, 1236, 1590.75, 2406, 3828.65, 6465]),
    ColumnFacts(
      "finishedsquarefeet6", missing: 0.9945, distinct: 51,
      quantiles: [605, 615.26, 642.2, 1370.5, 2467, 3757, 4442, 5314.16, 6338]),
    ColumnFacts(
      "fips", missing: 0, distinct: 3,
      frequencies: [(6037, 0.6652), (6059, 0.2629), (6111, 0.0719)]),
    ColumnFacts(
      "fireplacecnt", missing: 0.9036, distinct: 4,
      frequencies: [(1, 0.8485), (2, 0.1183), (3, 0.0301), (4, 0.0031)]),
    ColumnFacts(
      "fullbathcnt", missing: 0.0192, distinct: 10,
      frequencies: [
        (2, 0.4993), (3, 0.2315), (1, 0.1904), (4, 0.0535), (5, 0.0164), (6, 0.0043), (7, 0.0024),
        (8, 0.0015), (9, 0.0005), (10, 0.0001),
      ]),
    ColumnFacts(
      "garagecarcnt", missing: 0.6851, distinct: 12,
      frequencies: [
        (2, 0.7272), (1, 0.2198), (3, 0.0245), (0, 0.0149), (4, 0.0095), (5, 0.0013), (6, 0.001),
        (7, 0.0006), (8, 0.0003), (11, 0.0003), (10, 0.0003), (24, 0.0003),
      ]),
    ColumnFacts(
      "garagetotalsqft", missing: 0.6851, distinct: 445,
      quantiles: [0, 0, 0, 0, 429, 484, 690, 974.56, 7339]),
    ColumnFacts("hashottuborspa", missing: 0.9734, distinct: 1),
    ColumnFacts(
      "heatingorsystemtypeid", missing: 0.3749, distinct: 9,
      frequencies: [
        (2, 0.6653), (7, 0.2976), (24, 0.019), (6, 0.0144), (20, 0.0016), (13, 0.0014),
        (18, 0.0003), (11, 0.0002), (1, 0.0002),
      ]),
    ColumnFacts(
      "latitude", missing: 0, distinct: 9216,
      quantiles: [
        33_339_296, 33471815.64, 33596660.8, 33_818_245, 34_025_492, 34_169_804, 34_496_968,
        34684176.72, 34_783_288,
      ]),
    ColumnFacts(
      "longitude", missing: 0, distinct: 8715,
      quantiles: [
        -119_446_096, -119222260.16, -118864600.8, -118_403_534, -118_173_328, -117_932_280,
        -117682294.4, -117602758.16, -117_554_928,
      ]),
    ColumnFacts(
      "lotsizesquarefeet", missing: 0.1086, distinct: 5783,
      quantiles: [488, 1420.82, 2807.3, 5654, 7200, 11861.5, 120587.3, 418029.12, 6_971_010]),
    ColumnFacts("poolcnt", missing: 0.8075, distinct: 1, frequencies: [(1, 1)]),
    ColumnFacts(
      "poolsizesum", missing: 0.9915, distinct: 54,
      quantiles: [49, 221.2, 288, 416, 500, 610, 800, 823.68, 948]),
    ColumnFacts("pooltypeid10", missing: 0.9872, distinct: 1, frequencies: [(1, 1)]),
    ColumnFacts("pooltypeid2", missing: 0.9862, distinct: 1, frequencies: [(1, 1)]),
    ColumnFacts("pooltypeid7", missing: 0.8213, distinct: 1, frequencies: [(1, 1)]),
    ColumnFacts("propertycountylandusecode", missing: 0, distinct: 46),
    ColumnFacts(
      "propertylandusetypeid", missing: 0, distinct: 12,
      frequencies: [
        (261, 0.6697), (266, 0.2482), (269, 0.0284), (246, 0.027), (248, 0.0132), (247, 0.0079),
        (265, 0.0028), (263, 0.0012), (260, 0.0011), (267, 0.0002), (31, 0.0002), (275, 0.0001),
      ]),
    ColumnFacts("propertyzoningdesc", missing: 0.3374, distinct: 964),
    ColumnFacts(
      "rawcensustractandblock", missing: 0, distinct: 460,
      quantiles: [
        60_371_012, 60_371_060, 60_371_244, 60_373_020, 60_375_776, 60_590_424, 61_110_044,
        61_110_076, 61_110_092,
      ]),
    ColumnFacts(
      "regionidcity", missing: 0.0229, distinct: 168,
      quantiles: [3491, 5465, 10389, 12447, 25218, 45457, 54311, 396054, 396556]),
    ColumnFacts(
      "regionidcounty", missing: 0, distinct: 3,
      frequencies: [(3101, 0.6652), (1286, 0.2629), (2061, 0.0719)]),
    ColumnFacts(
      "regionidneighborhood", missing: 0.5964, distinct: 361,
      quantiles: [6952, 6952, 21056, 46795, 118887, 274765, 416333, 763219, 764166]),
    ColumnFacts(
      "regionidzip", missing: 0.0003, distinct: 380,
      quantiles: [95982, 95985.96, 96013, 96190, 96389, 96983, 97154.8, 97329, 399675]),
    ColumnFacts(
      "roomcnt", missing: 0, distinct: 13,
      frequencies: [
        (0, 0.7835), (6, 0.058), (7, 0.0465), (5, 0.0392), (8, 0.0341), (4, 0.0173), (9, 0.0125),
        (10, 0.0037), (3, 0.003), (11, 0.0016), (12, 0.0003), (2, 0.0002), (1, 0.0001),
      ]),
    ColumnFacts("storytypeid", missing: 0.9996, distinct: 1, frequencies: [(7, 1)]),
    ColumnFacts(
      "threequarterbathnbr", missing: 0.8716, distinct: 3,
      frequencies: [(1, 0.9852), (2, 0.014), (3, 0.0008)]),
    ColumnFacts(
      "typeconstructiontypeid", missing: 0.9961, distinct: 2,
      frequencies: [(6, 0.9744), (13, 0.0256)]),
    ColumnFacts(
      "unitcnt", missing: 0.3419, distinct: 4,
      frequencies: [(1, 0.9274), (2, 0.0403), (4, 0.0199), (3, 0.0125)]),
    ColumnFacts(
      "yardbuildingsqft17", missing: 0.9745, distinct: 156,
      quantiles: [36, 50, 82.8, 170, 270, 396, 681.8, 978.06, 1700]),
    ColumnFacts(
      "yardbuildingsqft26", missing: 0.9994, distinct: 4,
      frequencies: [(1200, 0.3333), (120, 0.3333), (126, 0.1667), (322, 0.1667)]),
    ColumnFacts(
      "yearbuilt", missing: 0.015, distinct: 121,
      quantiles: [1890, 1911, 1924, 1952, 1969, 1986, 2005, 2011, 2015]),
    ColumnFacts(
      "numberofstories", missing: 0.7827, distinct: 3,
      frequencies: [(1, 0.584), (2, 0.3893), (3, 0.0267)]),
    ColumnFacts("fireplaceflag", missing: 0.9976, distinct: 1),
    ColumnFacts(
      "structuretaxvaluedollarcnt", missing: 0.0096, distinct: 8384,
      quantiles: [100, 15078.03, 34245, 80353, 130017, 206408, 458321.85, 969043.79, 7_682_031]),
    ColumnFacts(
      "taxvaluedollarcnt", missing: 0, distinct: 8448,
      quantiles: [
        8629, 35653.95, 63796.8, 191805.5, 332944.5, 531851.25, 1194472.05, 2_389_010, 12_756_403,
      ]),
    ColumnFacts("assessmentyear", missing: 0, distinct: 1, frequencies: [(2015, 1)]),
    ColumnFacts(
      "landtaxvaluedollarcnt", missing: 0, distinct: 8390,
      quantiles: [
        1327, 12788.81, 21018, 79200.5, 188834.5, 340000, 786757.3, 1687206.42, 10_246_107,
      ]),
    ColumnFacts(
      "taxamount", missing: 0, distinct: 9867,
      quantiles: [
        108.98, 739.1847, 1220.5475, 2943.8075, 4563.58, 6875.62, 15302.6915, 30941.1301, 159382.92,
      ]),
    ColumnFacts("taxdelinquencyflag", missing: 0.9762, distinct: 1),
    ColumnFacts(
      "taxdelinquencyyear", missing: 0.9762, distinct: 8,
      frequencies: [
        (15, 0.3655), (14, 0.3109), (13, 0.105), (12, 0.0798), (10, 0.0462), (11, 0.0462),
        (9, 0.0294), (8, 0.0168),
      ]),
    ColumnFacts(
      "censustractandblock", missing: 0.0121, distinct: 435,
      quantiles: [
        60_371_012_419_584, 60_371_062_751_232, 60_371_243_106_304, 60_373_021_491_200,
        60_375_772_954_624, 60_590_424_850_432, 61_110_036_201_472, 61_110_078_144_512,
        61_110_090_727_424,
      ]),
  ]
}
