/** Kantar Gateway API, Error. The code is typed as a string there. */
export interface GatewayError {
  code: string
  message: string
  success: false
}

/** Kantar Gateway API, ValidationErrorDetail: all three are required. */
export interface ErrorDetail {
  constraint: string
  field: string
  message: string
}

/** Kantar Gateway API, ValidationError. */
export interface ValidationError {
  code: string
  message: string
  details: ErrorDetail[]
}

const MESSAGES: Record<number, string> = {
  400: 'Bad request',
  401: 'Access token is missing or invalid',
  404: 'Not found',
  429: 'Too many requests',
  500: 'Unexpected error',
  503: 'Service unavailable',
}

/** The Error envelope for a status. */
export function gatewayError(status: number, message = MESSAGES[status] ?? 'Unexpected error'): GatewayError {
  return { code: String(status), message, success: false }
}

export function unauthorized(): GatewayError {
  return gatewayError(401)
}

export function validationError(details: ErrorDetail[]): ValidationError {
  return { code: '400', message: 'Validation error', details }
}
