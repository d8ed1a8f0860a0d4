export { type ClientOptions, TributaryError } from './http.js'
export { type CompletesFilter, OperatorClient } from './operator-client.js'
export { PanelClient, type SessionFilter } from './panel-client.js'
