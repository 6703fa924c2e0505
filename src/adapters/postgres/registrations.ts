import type { RegisteredService, Registration } from '../../services/domain.ts'
import type { RegistryStore } from '../../services/ports.ts'
import { participantKey } from '../../wire/peppol/index.ts'
import type { Pool } from './pool.ts'

interface RegistrationRow {
  readonly participant_key: string
  readonly participant: string
  readonly name: string
  readonly services: readonly RegisteredService[]
}

export function registryStore({ knex }: Pool): RegistryStore {
  const table = () => knex<RegistrationRow>('registration')
  return {
    async saveRegistration({ participant, name, services }) {
      await table()
        .insert({
          participant_key: participantKey(participant),
          participant: participant.value,
          name,
          services: knex.raw('?::jsonb', [JSON.stringify(services)]) as unknown as readonly RegisteredService[],
        })
        .onConflict('participant_key')
        .merge()
    },
    async removeRegistration(participant) {
      await table().where('participant_key', participantKey(participant)).delete()
    },
    async findRegistration(participant) {
      const row = await table().where('participant_key', participantKey(participant)).first()
      return row && registrationOf(row)
    },
  }
}

function registrationOf({ participant, name, services }: RegistrationRow): Registration {
  return { participant: { scheme: 'iso6523-actorid-upis', value: participant }, name, services }
}
