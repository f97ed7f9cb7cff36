import Groundwork

/// Where a property lies and what the county calls its use.
extension PropertyModel {
  /// Shares of all properties in Los Angeles county, and in Orange and Ventura counties together.
  static let losAngelesShare = ZillowGeography.counties[0].share
  static let otherShare = 1 - losAngelesShare

  func drawLocation(_ property: inout Property, _ random: inout SplitMix64) {
    let city = geography.city(random.uniform())
    let county = ZillowGeography.counties[city.county]
    property.county = city.county
    property[.fips] = county.fips
    property[.regionidcounty] = county.regionID
    let (north, east) = (random.uniform(), random.uniform())
    property[.latitude] = value(.latitude, city.south + city.share * north)
    property[.longitude] = value(.longitude, city.west + city.share * east)
    if isRecorded(.regionidcity, &random) { property[.regionidcity] = city.regionID }
    if isRecorded(.regionidzip, &random) { property[.regionidzip] = city.zips[Int(north * Double(city.zips.count))] }
    let tract = city.tracts[Int(north * Double(city.tracts.count))]
    let block = Double(1 + Int(east * 5)) + Double(Int(random.uniform() * 30)) / 1_000
    let census = county.fips * 10_000 + Double(tract) + block / 1_000
    property[.rawcensustractandblock] = (census * 1e6).rounded() / 1e6
    if isRecorded(.censustractandblock, &random) { property[.censustractandblock] = (census * 1e6).rounded() }

    property[.propertylandusetypeid] = value(.propertylandusetypeid, random.uniform())
    property.landUseCode = landUseCode(property, &random)
    guard city.county == 0 else { return }
    if isRecorded(.regionidneighborhood, within: Self.losAngelesShare, &random) {
      property[.regionidneighborhood] = city.neighborhoods[Int(north * Double(city.neighborhoods.count))]
    }
    if isRecorded(.propertyzoningdesc, within: Self.losAngelesShare, &random) { property.zoning = zoning(city, &random) }
  }

  /// The assessor's code: each county has its own for the kinds of property.
  private func landUseCode(_ property: Property, _ random: inout SplitMix64) -> [UInt8] {
    let kind = Int(property[.propertylandusetypeid])
    let u = random.uniform()
    let rare = Int(u * 1_000) % 12
    switch (property.county, kind) {
    case (0, 261): return Array((u < 0.79 ? "0100" : u < 0.97 ? "0101" : "01\(10 + rare)").utf8)
    case (0, 266): return Array((u < 0.68 ? "010C" : u < 0.9 ? "010D" : "01HC").utf8)
    case (0, _): return Array("0\(kind % 10)0\(rare / 2)".utf8)
    case (1, 261): return Array((u < 0.96 ? "122" : "1").utf8)
    case (1, 266): return Array((u < 0.96 ? "34" : "96").utf8)
    case (1, _): return Array((u < 0.6 ? "\(kind % 100)" : "38").utf8)
    default: return Array((kind == 261 ? "1111" : kind == 266 ? "1129" : "11\(10 + kind % 10)").utf8)
    }
  }

  private func zoning(_ city: ZillowGeography.City, _ random: inout SplitMix64) -> [UInt8] {
    // The measured shares of the five most frequent descriptions; the others belong to the cities.
    let common: [(String, Double)] = [("LAR1", 0.1302), ("LAR3", 0.1832), ("LAR2", 0.2073), ("LBR1N", 0.2311), ("LARD1.5", 0.2546)]
    let u = random.uniform()
    for (description, bound) in common where u < bound { return Array(description.utf8) }
    let suffixes = ["R1", "R2", "R3", "RS", "R1YY", "RD2", "C2*", "A1", "R175", "RPD", "R4*", "R-1"]
    // The first three of Los Angeles are among the common ones.
    let first = city.letters == Array("LA".utf8) ? 3 : 0
    let rank = first + Int(random.uniform() * random.uniform() * Double(suffixes.count - first))
    return city.letters + Array(suffixes[rank].utf8)
  }
}
