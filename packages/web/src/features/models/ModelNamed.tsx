import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useSession } from '../../app/session.ts'
import { modelsQuery } from './queries.ts'

/** A model in a figure: its title, which leads to it, and its name; the name alone where it is not there, or not to be seen. */
export function ModelNamed({ id, name }: { id: string | null; name: string }) {
  const { may } = useSession()
  const { data } = useQuery({ ...modelsQuery, enabled: may('model.view') || may('model.publish') })
  const model = data?.find((one) => one.id === id)
  if (!model) return <bdi style={{ fontWeight: 550 }}>{name}</bdi>
  return (
    <>
      <Link to="/models/$id" params={{ id: model.id }} className="model-title">
        <bdi>{model.title}</bdi>
      </Link>{' '}
      <bdi className="model-name">{name}</bdi>
    </>
  )
}
