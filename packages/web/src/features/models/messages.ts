import { i18n } from '../../app/i18n.ts'
import { models } from '../../app/messages/en/models.ts'

// These texts come with the feature: the first page is without them.
i18n.addResourceBundle('en', 'translation', { models }, true)
