export const programs: readonly string[]
export function compilePrograms(
  entries?: readonly string[],
  options?: { readonly root?: string; readonly folder?: string },
): Promise<string>
export function compiledProgram(folder: string, entry: string): { command: string; args: string[] }
export function sourceProgram(entry: string): { command: string; args: string[] }
