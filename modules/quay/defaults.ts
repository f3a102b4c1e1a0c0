import { compareVersions } from './heads.ts';
import { minorOf } from './schema/schema.ts';
import type { Config } from './schema/types.ts';

/**
 * What qplay fills in when the configuration says nothing: fields that Quay's schema demands, and those whose default in the
 * program does not fit an installation (mail and builds on without a server for either, a storage called local_us).
 */
export function withDefaults(config: Config, version: string): Record<string, unknown> {
  const minor = minorOf(version);
  const stores = config.DISTRIBUTED_STORAGE_CONFIG;
  const ids = typeof stores === 'object' && stores !== null ? Object.keys(stores) : [];
  return {
    AUTHENTICATION_TYPE: 'Database',
    DEFAULT_TAG_EXPIRATION: '2w',
    DISTRIBUTED_STORAGE_DEFAULT_LOCATIONS: ids,
    DISTRIBUTED_STORAGE_PREFERENCE: ids,
    FEATURE_BUILD_SUPPORT: false,
    FEATURE_MAILING: false,
    PREFERRED_URL_SCHEME: 'https',
    SETUP_COMPLETE: true,
    TAG_EXPIRATION_OPTIONS: ['0s', '1d', '1w', '2w', '4w'],
    ...(compareVersions(minor, '3.6') >= 0 && { FEATURE_USER_INITIALIZE: false }),
    ...(compareVersions(minor, '3.2') <= 0 && { V3_UPGRADE_MODE: 'complete' }),
    ...config,
  };
}
