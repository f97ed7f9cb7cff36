import Groundwork

/// Rooms, areas and pools.
extension PropertyModel {
  func drawBuilding(_ property: inout Property, _ latents: Latents, _ random: inout SplitMix64) {
    let isLosAngeles = property.county == 0
    let baths = value(.bathroomcnt, Distribution.normalShare(mixed(latents.size, 0.86, &random)))
    property[.bathroomcnt] = baths
    if baths > 0 {
      property[.calculatedbathnbr] = baths
      property[.fullbathcnt] = baths.rounded(.down)
      if baths != baths.rounded() { property[.threequarterbathnbr] = value(.threequarterbathnbr, random.uniform()) }
    }
    let bedrooms = value(.bedroomcnt, Distribution.normalShare(mixed(latents.size, 0.72, &random)))
    property[.bedroomcnt] = bedrooms
    if isRecorded(.yearbuilt, &random) { property[.yearbuilt] = value(.yearbuilt, Distribution.normalShare(-latents.age)) }
    property[.roomcnt] = 0
    if isLosAngeles {
      draw(
        .buildingqualitytypeid, within: Self.losAngelesShare, &property, &random,
        u: Distribution.normalShare(mixed(latents.age, 0.6, &random)))
      draw(.unitcnt, within: Self.losAngelesShare, &property, &random)
    } else {
      // Orange and Ventura record room counts for about two of three homes.
      if random.happens((1 - shareWithoutRooms) / Self.otherShare) {
        property[.roomcnt] = roomCounts.value(Distribution.normalShare(mixed(latents.size, 0.7, &random)))
      }
      if isRecorded(.garagecarcnt, within: Self.otherShare, &random) {
        let u = Distribution.normalShare(mixed(latents.size, 0.6, &random))
        property[.garagecarcnt] = value(.garagecarcnt, u)
        property[.garagetotalsqft] = value(.garagetotalsqft, u)
      }
      draw(.numberofstories, within: Self.otherShare, &property, &random, u: Distribution.normalShare(mixed(latents.size, 0.5, &random)))
      for column in [PropertyColumn.fireplacecnt, .yardbuildingsqft17, .yardbuildingsqft26, .decktypeid] {
        draw(column, within: Self.otherShare, &property, &random)
      }
    }
  }

  func drawArea(_ property: inout Property, _ latents: Latents, _ random: inout SplitMix64) {
    let u = Distribution.normalShare(latents.size)
    if isRecorded(.calculatedfinishedsquarefeet, &random) {
      // The calculated area is the one that was measured, whatever its kind: homes are twelves; apartment houses and the like are larger.
      let six = 0.0055 / 0.9863
      let fifteen = 0.0442 / 0.9863
      let kind = random.uniform()
      let column: PropertyColumn = kind < six ? .finishedsquarefeet6 : kind < 1 - fifteen ? .finishedsquarefeet12 : .finishedsquarefeet15
      let area = value(column, u)
      property[.calculatedfinishedsquarefeet] = area
      property[column] = area
    }
    if random.happens(1 - facts[PropertyColumn.finishedsquarefeet13.rawValue].missingRate) {
      property[.finishedsquarefeet13] = value(.finishedsquarefeet13, 0)
    }
    if property.county > 0, isRecorded(.finishedfloor1squarefeet, within: Self.otherShare, &random) {
      let floor = Distribution.normalShare(mixed(latents.size, 0.7, &random))
      property[.finishedfloor1squarefeet] = value(.finishedfloor1squarefeet, floor)
      // Both say the same of nearly every home.
      property[.finishedsquarefeet50] = random.happens(0.97) ? property[.finishedfloor1squarefeet] : value(.finishedsquarefeet50, floor)
    }
    draw(.lotsizesquarefeet, &property, &random, u: Distribution.normalShare(mixed(latents.size, 0.3, &random)))
    property[.lotsizesquarefeet] = property[.lotsizesquarefeet].rounded()
  }

  func drawPool(_ property: inout Property, _ latents: Latents, _ random: inout SplitMix64) {
    let rates = (pool: 1 - 0.8075, withSpa: 1 - 0.9862, spaOnly: 1 - 0.9872)
    let u = Distribution.normalShare(mixed(latents.size, 0.35, &random))
    if u > 1 - rates.pool {
      property[.poolcnt] = 1
      let hasSpa = random.happens(rates.withSpa / rates.pool)
      property[hasSpa ? .pooltypeid2 : .pooltypeid7] = 1
      if hasSpa { property[.hashottuborspa] = 1 }
      if random.happens((1 - 0.9915) / rates.pool) { property[.poolsizesum] = value(.poolsizesum, random.uniform()) }
    } else if random.happens(rates.spaOnly / (1 - rates.pool)) {
      property[.pooltypeid10] = 1
      property[.hashottuborspa] = 1
    }
  }

  /// Draws `column` at `u`, or leaves it missing at its measured rate.
  func draw(_ column: PropertyColumn, within: Double = 1, _ property: inout Property, _ random: inout SplitMix64, u: Double? = nil) {
    let place = u ?? random.uniform()
    if isRecorded(column, within: within, &random) { property[column] = value(column, place) }
  }
}
