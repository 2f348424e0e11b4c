export { describeGateway } from './describe.ts'
export { addGateway } from './routes.ts'
