import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { Model } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { formatNumber } from '../../app/format.ts'
import { useSession } from '../../app/session.ts'
import { triable, whoInWords } from './in-words.ts'
import { ModelHealth } from './ModelHealth.tsx'
import { ModelMenu } from './ModelMenu.tsx'
import { Limits, Load, NameToCopy, Price, Uses } from './ModelWords.tsx'
import type { ModelCommand } from './use-model-commands.tsx'
import { useRoles } from './use-roles.ts'

type Props = { models: Model[]; run: (command: ModelCommand, model: Model) => void }

/** Models, a row each; under each other on a narrow page. */
export function ModelsTable({ models, run }: Props) {
  const { t } = useTranslation()
  const { may } = useSession()
  const columns = [
    ...(['model', 'context', 'price'] as const),
    ...(may('model.publish') ? (['who'] as const) : []),
    ...(['health', 'load', 'limits'] as const),
  ]
  return (
    <div className="card model-list">
      <table className="data-table wrapping model-table" aria-label={t('models.list')}>
        <thead>
          <tr>
            {columns.map((name) => (
              <th key={name} scope="col">
                {t(`models.column.${name}`)}
              </th>
            ))}
            <th scope="col">
              <span className="unseen">{t('action.more')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {models.map((model) => (
            <ModelRow key={model.id} model={model} run={run} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function ModelRow({ model, run }: { model: Model; run: Props['run'] }) {
  const { t } = useTranslation()
  const { may } = useSession()
  const roles = useRoles()
  const { id, title, name } = model
  const column = (of: 'context' | 'price' | 'who' | 'health' | 'load' | 'limits') => t(`models.column.${of}`)
  return (
    <tr>
      <td data-cell="username">
        <Link
          to="/models/$id"
          params={{ id }}
          className="model-title"
          style={{ display: 'inline-block', lineHeight: '24px' }}
        >
          <bdi>{title}</bdi>
        </Link>
        <NameToCopy name={name} />
        <Uses uses={model.uses} />
      </td>
      {model.contextLength === null ? (
        <td className="only-columns" />
      ) : (
        <td data-label={column('context')}>
          <span className="numbers whole-line">{formatNumber(model.contextLength)}</span>
        </td>
      )}
      <td data-label={column('price')}>
        <div>
          <Price price={model.price} />
        </div>
      </td>
      {may('model.publish') && (
        <td data-label={column('who')}>
          <div>
            <bdi>{whoInWords(t, model, roles)}</bdi>
            {!model.usable && <span className="dim">{t('models.who.notYou')}</span>}
          </div>
        </td>
      )}
      <td data-label={column('health')} className="holds-text">
        <div>
          <ModelHealth model={model} />
        </div>
      </td>
      <td data-label={column('load')}>
        <div>
          <Load metrics={model.metrics} />
        </div>
      </td>
      <td data-label={column('limits')}>
        <div>
          <Limits limits={model.limits} />
        </div>
      </td>
      <td data-cell="menu">
        <div className="row-end">
          {triable(model) && may('model.use') && (
            <Button
              component={Link}
              to="/playground"
              search={{ model: id } as never}
              variant="default"
              size="compact-sm"
              aria-label={t('models.named.try', { name: title })}
            >
              {t('models.do.try')}
            </Button>
          )}
          <ModelMenu model={model} run={run} />
        </div>
      </td>
    </tr>
  )
}
