import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import { en, type Messages } from './messages/en/index.ts'

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation'
    resources: { translation: Messages }
  }
}

/** English first; another language is another folder beside messages/en. */
export const i18n = i18next.use(initReactI18next)
void i18n.init({
  lng: 'en',
  fallbackLng: 'en',
  resources: { en: { translation: en } },
  interpolation: { escapeValue: false },
})
