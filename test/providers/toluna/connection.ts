/** A connection as in the configuration file. */
export const connection = {
  id: 'toluna-us',
  provider: 'toluna',
  panelist_ids: 'bare',
  base_url: 'https://toluna.example/IPExternalSamplingService',
  api_auth_key: 'the-secret-key',
  panel_guid: '10B1BF48-F141-41CD-850F-4DE5A8BA44EB',
  market: { country: 'USA', locale: 'en-US' },
  currencies: { 1: 'USD', 2: 'GBP', 3: 'JPY' },
  returns: {
    verify: { kind: 'hmac', parameter: 'encValue', algorithm: 'sha256', secret: 'supersecret', over: 'url' },
  },
  postbacks: {
    member_status: {
      verify: {
        kind: 'hmac',
        location: 'body',
        parameter: 'EncryptedValue',
        algorithm: 'sha256',
        secret: 'supersecret',
        over: ['SurveyId', 'WaveId', 'UniqueCode'],
      },
    },
    quota_status: { verify: { kind: 'header', parameter: 'x-notify-key', secret: 'notify' } },
  },
}
