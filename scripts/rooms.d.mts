export function rooms(root?: string): string[]
