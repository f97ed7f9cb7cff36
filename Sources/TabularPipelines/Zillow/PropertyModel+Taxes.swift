/// Assessed values, and the columns that hang together with nothing.
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
    // Rates differ from place to place; flat charges make small bills relatively larger.
    let rate = 0.012 * (1 + 0.14 * random.normal())
    property[.taxamount] = ((650 + property[.taxvaluedollarcnt] * max(0.004, rate)) * 100).rounded() / 100
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
