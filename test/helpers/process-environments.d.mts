export function processesWhere(matches: (environment: string) => boolean): number[]
export function killWhere(matches: (environment: string) => boolean): void
export function killLeftovers(directory: string): void
