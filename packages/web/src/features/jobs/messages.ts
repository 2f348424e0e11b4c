import { i18n } from '../../app/i18n.ts'
import { jobs } from '../../app/messages/en/jobs.ts'

// These texts come with the feature: the first page is without them.
i18n.addResourceBundle('en', 'translation', { jobs }, true)
