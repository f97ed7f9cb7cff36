import Groundwork

/// Assessed values, and the columns that depend on nothing else.
extension PropertyModel {
  func drawTaxes(_ property: inout Property, _ latents: Latents, _ random: inout SplitMix64) {
    property[.assessmentyear] = 2_015
    let structure = value(
      .structuretaxvaluedollarcnt,
      Distribution.normalShare(mixed(0.9 * latents.size - 0.2 * latents.age + 0.38 * latents.place, 0.97, &random)))
    let place = 0.85 * latents.place + 0.52 * latents.size
    let land = value(.landtaxvaluedollarcnt, Distribution.normalShare(mixed(place, 0.95, &random)))
    let hasStructure = isRecorded(.structuretaxvaluedollarcnt, &random)
    property[.structuretaxvaluedollarcnt] = hasStructure ? structure.rounded() : .nan
    property[.landtaxvaluedollarcnt] = land.rounded()
    property[.taxvaluedollarcnt] = (hasStructure ? structure.rounded() : 0) + land.rounded()
    // Rates differ from place to place, and a few bills have little to do with the value; flat charges make small bills relatively larger.
    let factor = random.happens(0.055) ? 3.2 * random.uniform() : max(0.3, 1 + 0.12 * random.normal())
    property[.taxamount] = ((max(109, 900 * min(1, factor)) + property[.taxvaluedollarcnt] * 0.0112 * factor) * 100).rounded() / 100
    if isRecorded(.taxdelinquencyyear, &random) {
      property.isTaxDelinquent = true
      property[.taxdelinquencyyear] = value(.taxdelinquencyyear, random.uniform())
    }
  }

  func drawRest(_ property: inout Property, _ random: inout SplitMix64) {
    let columns: [PropertyColumn] = [
      .airconditioningtypeid, .architecturalstyletypeid, .basementsqft, .buildingclasstypeid, .heatingorsystemtypeid, .storytypeid,
      .typeconstructiontypeid,
    ]
    for column in columns { draw(column, &property, &random) }
    if isRecorded(.fireplaceflag, &random) { property[.fireplaceflag] = 1 }
  }
}
