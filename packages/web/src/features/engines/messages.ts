import { i18n } from '../../app/i18n.ts'
import { engines } from '../../app/messages/en/engines.ts'

// These texts come with the feature: the first page is without them.
i18n.addResourceBundle('en', 'translation', { engines }, true)
