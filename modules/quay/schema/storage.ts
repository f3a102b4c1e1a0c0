/** What each storage driver must be told (config-tool, storage_validators.go). */
export const DRIVERS: Readonly<Record<string, readonly string[]>> = {
  AzureStorage: ['azure_container', 'azure_account_name'],
  CloudFlareStorage: ['s3_access_key', 's3_secret_key', 's3_bucket', 'cloudflare_domain'],
  CloudFrontedS3Storage: ['s3_access_key', 's3_secret_key', 's3_bucket', 'cloudfront_distribution_domain', 'cloudfront_key_id'],
  GoogleCloudStorage: ['access_key', 'secret_key', 'bucket_name'],
  IBMCloudStorage: ['access_key', 'secret_key', 'hostname', 'bucket_name'],
  LocalStorage: [],
  MultiCDNStorage: ['providers', 'default_provider', 'storage_config'],
  RadosGWStorage: ['access_key', 'secret_key', 'hostname', 'bucket_name'],
  RHOCSStorage: ['access_key', 'secret_key', 'hostname', 'bucket_name'],
  S3Storage: ['s3_bucket'],
  STSS3Storage: ['s3_bucket'],
  SwiftStorage: ['auth_version', 'auth_url', 'swift_container', 'swift_user', 'swift_password'],
};

const location = (driver: string, required: readonly string[]): object => ({
  if: { type: 'array', prefixItems: [{ const: driver }], minItems: 1 },
  // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema
  then: {
    prefixItems: [
      { const: driver },
      {
        type: 'object',
        required,
        properties: { port: { type: 'integer', minimum: 1, maximum: 65535 }, is_secure: { type: 'boolean' }, storage_path: { type: 'string' } },
      },
    ],
    minItems: 2,
  },
});

/** `{id: [Driver, {arguments}]}` */
export const storageSchema = {
  type: 'object',
  minProperties: 1,
  additionalProperties: {
    type: 'array',
    minItems: 2,
    maxItems: 2,
    prefixItems: [{ enum: Object.keys(DRIVERS) }, { type: 'object' }],
    allOf: Object.entries(DRIVERS).map(([driver, required]) => location(driver, required)),
  },
};
