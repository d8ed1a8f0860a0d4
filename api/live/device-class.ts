/**
 * The device class that a User-Agent names. Results for one class are not shown on another.
 * @param userAgent the browser's own User-Agent; null or empty = not known
 */
export function deviceClassOf(userAgent: string | null): 'desktop' | 'mobile' | 'tablet' | 'unknown' {
  if (userAgent === null || userAgent.trim() === '') return 'unknown'
  const name = userAgent.toLowerCase()
  if (name.includes('ipad') || name.includes('tablet')) return 'tablet'
  if (name.includes('android')) return name.includes('mobile') ? 'mobile' : 'tablet'
  return name.includes('mobile') || name.includes('iphone') ? 'mobile' : 'desktop'
}
