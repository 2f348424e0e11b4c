import { i18n } from '../../app/i18n.ts'
import { workspaces } from '../../app/messages/en/workspaces.ts'

// These texts come with the feature: the first page is without them.
i18n.addResourceBundle('en', 'translation', { workspaces }, true)
