import { i18n } from '../../app/i18n.ts'
import { playground } from '../../app/messages/en/playground.ts'

// These texts come with the feature: the first page is without them.
i18n.addResourceBundle('en', 'translation', { playground }, true)
