import Groundwork

/// The invented map of the generator: three real counties, cities in them, zips and neighbourhoods in the cities.
///
/// A city belongs to one county and covers a strip of latitudes and one of longitudes. The strips of all cities, sorted from south to
/// north (west to east), fill 0...1, each as wide as its city's share of the properties; coordinates are the measured quantiles at
/// a property's place in its strips. So both marginal distributions are the real ones while places near each other share a city.
struct ZillowGeography: Sendable {
  struct County: Sendable {
    let fips: Double
    let regionID: Double
    let share: Double
    let cityCount: Int
    /// Where its cities lie, for their order only: mean and spread in degrees.
    let latitude: (mean: Double, spread: Double)
    let longitude: (mean: Double, spread: Double)
    /// Where its parcel numbers start, and how many there are.
    let parcels: (first: Int64, count: Int64)
    /// Numbers of its census tracts at shares of its properties, as the measured quantiles have them.
    let tracts: [(share: Double, number: Double)]
  }

  struct City: Sendable {
    let county: Int
    let share: Double
    var regionID = 0.0
    var letters: [UInt8] = []
    var south = 0.0
    var west = 0.0
    var zips: [Double] = []
    var neighborhoods: [Double] = []
    var tracts: [Int] = []
  }

  static let counties = [
    County(
      fips: 6037, regionID: 3101, share: 0.6652, cityCount: 110, latitude: (34.07, 0.2), longitude: (-118.28, 0.22),
      parcels: (10_711_725, 2_430_000), tracts: [(0, 1_011), (0.075, 1_244), (0.376, 3_020), (0.752, 5_776), (1, 9_800)]),
    County(
      fips: 6059, regionID: 1286, share: 0.2629, cityCount: 40, latitude: (33.72, 0.13), longitude: (-117.85, 0.13),
      parcels: (13_830_000, 1_070_000), tracts: [(0, 11), (0.32, 424), (1, 1_106)]),
    County(
      fips: 6111, regionID: 2061, share: 0.0719, cityCount: 18, latitude: (34.25, 0.07), longitude: (-118.98, 0.15),
      parcels: (17_062_000, 240_000), tracts: [(0, 1), (0.3, 44), (1, 92)]),
  ]

  let cities: [City]
  private let cumulative: [Double]

  init(seed: UInt64) {
    var random = SplitMix64(seed: seed, stream: 1, index: 0)
    var cities: [City] = []
    var latitudes: [Double] = []
    var longitudes: [Double] = []
    for (index, county) in Self.counties.enumerated() {
      // One great city and many small ones, as around Los Angeles.
      let weights = (0..<county.cityCount).map { 1 / Double($0 + 2) }
      let total = weights.reduce(0, +)
      for weight in weights {
        var city = City(county: index, share: county.share * weight / total)
        city.letters = [UInt8(65 + cities.count % 26), UInt8(65 + cities.count / 26 * 3)]
        cities.append(city)
        latitudes.append(county.latitude.mean + county.latitude.spread * random.normal())
        longitudes.append(county.longitude.mean + county.longitude.spread * random.normal())
      }
    }
    cities[0].letters = Array("LA".utf8)
    Self.layStrips(&cities, order: latitudes) { $0.south = $1 }
    Self.layStrips(&cities, order: longitudes) { $0.west = $1 }
    Self.nameRegions(&cities, &random)
    self.cities = cities
    var sum = 0.0
    cumulative = cities.map {
      sum += $0.share
      return sum
    }
  }

  /// The city at `u` of all properties. Complexity: O(log cities).
  func city(_ u: Double) -> City {
    var (low, high) = (0, cities.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if u < cumulative[middle] { high = middle } else { low = middle + 1 }
    }
    return cities[low]
  }

  private static func layStrips(_ cities: inout [City], order: [Double], _ set: (inout City, Double) -> Void) {
    var edge = 0.0
    for index in cities.indices.sorted(by: { order[$0] < order[$1] }) {
      set(&cities[index], edge)
      edge += cities[index].share
    }
  }

  /// Gives ids to cities, zips and neighbourhoods so that each id's quantiles are the measured ones: going through the regions in an order,
  /// each takes the measured value at the middle of its share. Zips go county by county, as the real ones do.
  private static func nameRegions(_ cities: inout [City], _ random: inout SplitMix64) {
    var taken = Set<Double>()
    func id(_ column: PropertyColumn, _ share: Double) -> Double {
      var id = Distribution.quantile(min(max(share, 0), 1), ZillowFacts.byName[column.name]!.quantiles).rounded()
      while !taken.insert(id).inserted { id += 1 }
      return id
    }
    var order = Array(cities.indices)
    for place in stride(from: order.count - 1, to: 0, by: -1) { order.swapAt(place, Int(random.next() % UInt64(place + 1))) }
    var edge = 0.0
    for index in order {
      cities[index].regionID = id(.regionidcity, edge + cities[index].share / 2)
      edge += cities[index].share
    }
    taken = []
    edge = 0
    for index in cities.indices {
      let count = max(1, Int((cities[index].share * 390).rounded()))
      let width = cities[index].share / Double(count)
      cities[index].zips = (0..<count).map { id(.regionidzip, edge + width * (Double($0) + 0.5)) }
      let county = counties[cities[index].county]
      let before = counties[..<cities[index].county].reduce(0) { $0 + $1.share }
      let tracts = max(1, Int((cities[index].share * 2_800).rounded()))
      cities[index].tracts = (0..<tracts).map { tract in
        county.tract((edge - before + cities[index].share * Double(tract) / Double(tracts)) / county.share)
      }
      edge += cities[index].share
    }
    taken = []
    edge = 0
    let neighborhoodShare = counties[0].share
    for index in order where cities[index].county == 0 {
      let share = cities[index].share / neighborhoodShare
      let count = max(1, Int((share * 380).rounded()))
      cities[index].neighborhoods = (0..<count).map { id(.regionidneighborhood, edge + share * (Double($0) + 0.5) / Double(count)) }
      edge += share
    }
  }
}

extension ZillowGeography.County {
  /// The number of the census tract at a share of the county's properties.
  fileprivate func tract(_ share: Double) -> Int {
    var upper = 1
    while upper < tracts.count - 1, share > tracts[upper].share { upper += 1 }
    let (low, high) = (tracts[upper - 1], tracts[upper])
    return Int(low.number + (high.number - low.number) * (share - low.share) / (high.share - low.share))
  }
}
