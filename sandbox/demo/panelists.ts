/** A panelist of the demo panel, as its app knows them. */
export interface DemoPanelist {
  id: string
  name: string
  country: string
  countryName: string
  locale: string
  profile: Readonly<Record<string, string | number>>
}

/** Panelists of the demo, different enough to get different offers. */
export const DEMO_PANELISTS: readonly DemoPanelist[] = [
  {
    id: 'demo-ana',
    name: 'Ana',
    country: 'USA',
    countryName: 'United States',
    locale: 'en-US',
    profile: { age: 29, sex: 'female', pets: '1|2' },
  },
  {
    id: 'demo-marcos',
    name: 'Marcos',
    country: 'USA',
    countryName: 'United States',
    locale: 'es-US',
    profile: { age: 47, sex: 'male', pets: '5' },
  },
  {
    id: 'demo-priya',
    name: 'Priya',
    country: 'GBR',
    countryName: 'United Kingdom',
    locale: 'en-GB',
    profile: { age: 35, sex: 'female' },
  },
  {
    id: 'demo-jonas',
    name: 'Jonas',
    country: 'DEU',
    countryName: 'Germany',
    locale: 'de-DE',
    profile: { age: 52, sex: 'male' },
  },
  {
    id: 'demo-chloe',
    name: 'Chloé',
    country: 'FRA',
    countryName: 'France',
    locale: 'fr-FR',
    profile: { age: 21, sex: 'female' },
  },
  {
    id: 'demo-liam',
    name: 'Liam',
    country: 'CAN',
    countryName: 'Canada',
    locale: 'en-CA',
    profile: { age: 63, sex: 'male' },
  },
  {
    id: 'demo-ruth',
    name: 'Ruth',
    country: 'AUS',
    countryName: 'Australia',
    locale: 'en-AU',
    profile: { date_of_birth: '1989-03-14', sex: 'female' },
  },
]

/** A date of birth that matches the age of the profile. */
export function birthOf({ profile }: DemoPanelist, today: Date = new Date()): string {
  const { age, date_of_birth: given } = profile
  return typeof given === 'string' ? given : `${today.getUTCFullYear() - Number(age)}-01-01`
}
